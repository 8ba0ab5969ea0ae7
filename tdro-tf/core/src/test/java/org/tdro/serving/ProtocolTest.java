package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.serving.client.proto.TensorFlowProtos;
import org.tensorflow.proto.MetaGraphProtos;
import org.tensorflow.proto.TensorProtos;
import org.tensorflow.proto.TensorShapeProtos;
import org.tensorflow.proto.TypesProtos;

/** The client's messages, which need no TensorFlow, against those that TensorFlow Java was built with. */
class ProtocolTest {
  @Test
  void typesHaveTensorFlowsNumbers() {
    var theirs = TypesProtos.getDescriptor().findEnumTypeByName("DataType");
    assertThat(TensorFlowProtos.getDescriptor().findEnumTypeByName("DataType").getValues())
        .hasSize(24)
        .allSatisfy(value -> assertThat(theirs.findValueByNumber(value.getNumber()))
            .extracting(EnumValueDescriptor::getName)
            .isEqualTo(value.getName()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TensorShapeProto", "TensorProto", "TensorInfo", "SignatureDef"})
  void messagesHaveTensorFlowsFields(String name) {
    var ours = TensorFlowProtos.getDescriptor().findMessageTypeByName(name);
    var theirs = switch (name) {
      case "TensorShapeProto" -> TensorShapeProtos.getDescriptor().findMessageTypeByName(name);
      case "TensorProto" -> TensorProtos.getDescriptor().findMessageTypeByName(name);
      default -> MetaGraphProtos.getDescriptor().findMessageTypeByName(name);
    };
    assertSame(ours, theirs);
  }

  private static void assertSame(Descriptor ours, Descriptor theirs) {
    assertThat(ours.getFullName()).isEqualTo(theirs.getFullName());
    for (var field : ours.getFields()) {
      var same = theirs.findFieldByNumber(field.getNumber());
      assertThat(same).as(field.getFullName()).isNotNull();
      assertThat(form(field)).isEqualTo(form(same));
      // Entries of maps and messages within messages.
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
          && field.getMessageType().getContainingType() != null) {
        assertSame(field.getMessageType(), same.getMessageType());
      }
    }
  }

  private static String form(FieldDescriptor field) {
    var type = switch (field.getJavaType()) {
      case MESSAGE -> field.getMessageType().getFullName();
      case ENUM -> field.getEnumType().getFullName();
      default -> field.getType().name();
    };
    return "%s %s repeated=%s packed=%s"
        .formatted(
            field.getName(), type, field.isRepeated(), field.isPackable() && field.isPacked());
  }
}
