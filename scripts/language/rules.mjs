/**
 * The table of words: what to avoid, what to write instead, and where the rule applies.
 *
 * `find` is a regular expression, matched case-insensitively between word boundaries; a space in it matches any white space, so that a
 * phrase is found across line breaks. Names are matched as words in lower case: `whyRefused` and `why-refused` as `why refused`.
 */

const TYPES = ['types'];
const FUNCTIONS = ['functions'];
/** Names that are free to change. Properties are not among them: many of them are stored or sent. */
export const NAMES = ['types', 'functions', 'variables', 'files'];
/** `docComments` are the comments that editors show; `comments` are all others. */
const COMMENTS = ['comments', 'docComments'];
const DOCS = ['docs'];
/** String literals: messages, reports, test titles. `CHECKED` in `scope.mjs` decides whether they are read. */
const TEXTS = ['texts'];
const PROSE = [...COMMENTS, ...DOCS, ...TEXTS];
const EVERYWHERE = [...NAMES, ...PROSE];

/** @typedef {{ find: string, write: string, where: string[], outside?: string[] }} Rule */

/** @type {readonly Rule[]} */
export const RULES = [
  // Quaint and archaic words
  { find: 'who(m|so)?ever', write: 'the person or part, for example "the verifier"', where: EVERYWHERE },
  { find: 'anew|afresh', write: 'again', where: EVERYWHERE },
  { find: 'mend(s|ed|ing)?', write: 'fix', where: EVERYWHERE },
  { find: 'as it were|so to say|so to speak', write: 'nothing: leave it out', where: PROSE },
  {
    find: 'thereof|therein|thereupon|wherein|whence|henceforth|hitherto|heretofore|lest|albeit|whilst|amidst|unto',
    write: 'of it, in it, from which, until now, while',
    where: PROSE,
  },
  { find: 'for want of|in want of', write: 'because there is no', where: PROSE },
  { find: 'to be had', write: 'available', where: PROSE },
  { find: 'of old|of late|erstwhile', write: 'previous, recently', where: PROSE },
  { find: 'otherwise than', write: 'differently from, not as', where: PROSE },
  { find: 'save (for|that)', write: 'except', where: PROSE },
  { find: 'by and by|now and then|ever and again', write: 'occasionally', where: PROSE },
  { find: 'in vain', write: 'without effect', where: PROSE },

  // Inverted phrases
  { find: 'nobody (has |had |ever )?(said|says|told|asked|named|gave)', write: 'not set, not requested', where: PROSE },
  { find: 'needs? nobody', write: 'needs no action, is healthy', where: PROSE },
  { find: '(what|that|which) cannot be right', write: 'invalid input', where: PROSE },
  {
    find: 'makes? no more|(is|are|was|were|does|do|has|have|exists?) no more(?! than)',
    write: 'no longer',
    where: PROSE,
  },
  {
    find: '(that|which) no \\w+ (opens?|reads?|has|holds?|knows?)',
    write: 'that … cannot open, does not have',
    where: PROSE,
  },
  { find: '(that|it|this|which) is none', write: 'is not a …, there is no …', where: PROSE },
  { find: 'not all is well|all is well', write: 'healthy; some … failed', where: PROSE },
  { find: 'is nothing that', write: 'is not', where: PROSE },
  { find: 'from when on', write: 'from which time', where: PROSE },

  // A technical term exists
  {
    find: '(goes|gone|went) on( (with|from|where|at|after))?|(go|going) on (with|from|where|at|after)',
    write: 'resume, continue',
    where: PROSE,
  },
  {
    find: '(is|are|was|were|be|been|being) told( (of|about|as|by|that|once))?|told (of|about|as|by|that|once|before|after)',
    write: 'is reported, is notified, is logged',
    where: PROSE,
  },
  { find: 'tell(s|ing)? of', write: 'report, notify', where: EVERYWHERE },
  {
    find: '(is|are|was|were|be|been|being) asked( for)?(?! to)|asked for',
    write: 'is requested, is queried, is called',
    where: PROSE,
  },
  {
    find: 'faults?',
    write: 'problem, error, defect',
    where: EVERYWHERE,
    // The simulator injects faults: there it is the term.
    outside: ['sandbox/', 'test/', 'bench/'],
  },
  { find: '(the|a|this|that|its|their|no|own|whole|old|new) rings?', write: 'keyring', where: PROSE },
  { find: 'ring', write: 'keyring', where: NAMES },
  { find: '(keep|keeps|keeping|kept) house|(the|this|our) house', write: 'maintenance; codebase', where: EVERYWHERE },
  { find: 'generations? of the api|api generations?', write: 'API version', where: PROSE },
  {
    find: 'holds?(?=\\s*([.,;:)]|$)|\\s+(and|or|for|when|where|if|also|again|true)\\b)',
    write: 'is valid, verifies, applies, is true',
    where: PROSE,
  },
  { find: 'stands(?! (for|out)\\b)|stood', write: 'is, is valid, is in', where: PROSE },
  { find: 'look(s|ed|ing)? whether|ask(s|ed|ing)? whether', write: 'check whether', where: PROSE },
  { find: '(is|are|was|were) taken for', write: 'is treated as', where: PROSE },
  { find: 'ends? badly|ended badly', write: 'fails', where: PROSE },

  // Names
  {
    find: 'saying|said|told|asked|given|fault|faults',
    write: 'state, reported, request, options, problem',
    where: [...TYPES, ...FUNCTIONS],
    outside: ['sandbox/', 'test/', 'bench/'],
  },
  { find: '^why .*', write: 'a noun for the value, for example refusalReason', where: ['functions', 'variables'] },
  { find: '.* or not$', write: 'a noun or a predicate', where: FUNCTIONS },
  {
    find: '^(is|are|has) to .*',
    write: 'a predicate, for example isDue, shouldPoll',
    where: ['functions', 'variables'],
  },

  // The first words of a doc comment
  {
    find: '^(what|how|why|whether|where|who|whose)',
    write: 'a verb in the third person or a noun ("Returns …", "Number of …", "True when …")',
    where: ['docComments'],
  },

  // The product speaks of itself only
  {
    find: '(this|the last|the previous|an earlier|a later|next|coding|work) sessions?|helpers?|sub-?agents?|language models?|chatgpt|claude|copilot',
    write: 'nothing: the product does not speak of how it is made',
    where: PROSE,
  },
  {
    find: '(the|this|that|an) issue(?! (dates?|times?)\\b)|issues? #?\\d+|points? \\d+ of',
    write: 'the reason itself',
    where: PROSE,
  },
  { find: 'helpers?', write: 'what it does', where: NAMES },
];
