package org.tdro.serving;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a request's message. A field of two bytes can become an object of a hundred, so fields are counted before any is made, but for
 * those of lists of numbers, which are arrays, at most 8 bytes for one of the message.
 *
 * @param bytes most bytes of a message, when it is unpacked
 * @param fields most fields of a message, with those of the messages in it
 */
record MessageReader(int bytes, int fields) {
  /** The fields of a request besides its texts: names, signature, and types and shapes of tensors. */
  private static final int OTHER_FIELDS = 1000;

  /** Enough for all inputs of texts that a signature has. */
  private static final int FIELDS_PER_TEXT = 4;

  /** Returns a reader of all messages that are within limits. */
  static MessageReader of(ServerOptions.Limits limits) {
    return new MessageReader(
        limits.bodyBytes(),
        Math.addExact(OTHER_FIELDS, Math.multiplyExact(FIELDS_PER_TEXT, limits.texts())));
  }

  /**
   * Reads a message.
   *
   * @param type any message of the type
   * @throws ApiException 413 if it has more bytes; 400 if it is not of the type, or has more fields
   */
  <M extends Message> M read(M type, InputStream stream) {
    try {
      // Those that are packed unpack to any number.
      var message = stream.readNBytes(Math.toIntExact(Math.min(Integer.MAX_VALUE, bytes + 1L)));
      if (message.length > bytes) {
        throw new ApiException(
            413,
            "the message is larger than %d bytes; send fewer texts at a time".formatted(bytes));
      }
      requireFewer(fields, CodedInputStream.newInstance(message), type.getDescriptorForType());
      @SuppressWarnings("unchecked")
      var read = (M) type.getParserForType().parseFrom(message);
      return read;
    } catch (InvalidProtocolBufferException e) {
      throw ApiException.badRequest("the message is not a %s: %s"
          .formatted(type.getDescriptorForType().getFullName(), e.getMessage()));
    } catch (IOException e) {
      throw ApiException.badRequest("the message cannot be unpacked: " + e.getMessage());
    }
  }

  /** Counts down {@code left} for each field, and returns what is left of it. */
  private int requireFewer(int left, CodedInputStream message, Descriptor type) throws IOException {
    for (int tag = message.readTag(); tag != 0; tag = message.readTag()) {
      var field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      int form = WireFormat.getTagWireType(tag);
      if (form == WireFormat.WIRETYPE_START_GROUP || form == WireFormat.WIRETYPE_END_GROUP) {
        throw ApiException.badRequest(
            "the message has a group, which %s never has".formatted(type.getFullName()));
      }
      if (field != null && field.isPackable() && isNumbers(field, form)) {
        message.skipField(tag);
        continue;
      }
      if (left == 0) {
        throw ApiException.badRequest(
            "the message has more than %d fields; send fewer texts at a time".formatted(fields));
      }
      left--;
      if (field != null
          && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
          && form == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        int outer = message.pushLimit(message.readRawVarint32());
        left = requireFewer(left, message, field.getMessageType());
        message.popLimit(outer);
      } else {
        message.skipField(tag);
      }
    }
    return left;
  }

  /** Returns whether numbers of a list come in their own form, or packed; in another one each would become an object. */
  private static boolean isNumbers(FieldDescriptor field, int form) {
    return form == WireFormat.WIRETYPE_LENGTH_DELIMITED
        || form == field.getLiteType().getWireType();
  }
}
