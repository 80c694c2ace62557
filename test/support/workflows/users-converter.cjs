/** A user's payload converter: JSON that is written backwards, under an encoding of its own. */
const { CompositePayloadConverter, UndefinedPayloadConverter } = require('@temporalio/common');
const { decode, encode } = require('@temporalio/common/lib/encoding.js');

const ENCODING = 'json/backwards';
const backwards = (text) => [...text].reverse().join('');

const converter = {
  encodingType: ENCODING,
  toPayload: (value) => ({ metadata: { encoding: encode(ENCODING) }, data: encode(backwards(JSON.stringify(value))) }),
  fromPayload: ({ data }) => JSON.parse(backwards(decode(data))),
};

exports.payloadConverter = new CompositePayloadConverter(new UndefinedPayloadConverter(), converter);
