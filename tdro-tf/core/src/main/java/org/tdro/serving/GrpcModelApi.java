package org.tdro.serving;

import com.google.protobuf.Any;
import com.google.protobuf.Int64Value;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.tdro.serving.client.Tensors;
import org.tdro.serving.client.proto.GetModelMetadataRequest;
import org.tdro.serving.client.proto.GetModelMetadataResponse;
import org.tdro.serving.client.proto.GetModelStatusRequest;
import org.tdro.serving.client.proto.GetModelStatusResponse;
import org.tdro.serving.client.proto.ModelSpec;
import org.tdro.serving.client.proto.ModelVersionStatus;
import org.tdro.serving.client.proto.PredictResponse;
import org.tdro.serving.client.proto.SignatureDef;
import org.tdro.serving.client.proto.SignatureDefMap;
import org.tdro.serving.client.proto.StatusProto;

/** TensorFlow Serving's gRPC API of a model. Errors are {@link ApiException}s, whose status {@link GrpcServer} translates. */
final class GrpcModelApi {
  private static final String SIGNATURE_DEF = "signature_def";

  private final ModelApi models;

  GrpcModelApi(ModelApi models) {
    this.models = models;
  }

  /** Answers {@code PredictionService/Predict}. */
  PredictResponse predict(org.tdro.serving.client.proto.PredictRequest request, Caller caller) {
    var version = version(request.hasModelSpec(), request.getModelSpec());
    var prediction = models.predict(version, caller, (limits, model) -> {
      var asked = request.getModelSpec().getSignatureName();
      var signature = asked.isEmpty() ? PredictRequest.DEFAULT_SIGNATURE : asked;
      var definition = model.signatureDef(signature);
      check(
          request.getOutputFilterList(),
          definition.getOutputsMap().keySet().iterator().next());
      var columns = new TensorRows(definition.getInputsMap(), limits, model.maxLength())
          .read(request.getInputsMap());
      return new PredictRequest(signature, PredictRequest.Format.TENSORS, columns);
    });
    return PredictResponse.newBuilder()
        .setModelSpec(
            spec(prediction.version()).setSignatureName(prediction.request().signature()))
        .putOutputs(prediction.output(), Tensors.floats(prediction.matrix()))
        .build();
  }

  /** Checks the outputs that are asked for: none means all, which is one. */
  private static void check(List<String> filter, String output) {
    for (var name : filter) {
      if (!name.equals(output)) {
        throw ApiException.badRequest(
            "output tensor alias not found in signature: %s; the signature has %s"
                .formatted(name, output));
      }
    }
    if (new HashSet<>(filter).size() < filter.size()) {
      throw ApiException.badRequest("duplicate output tensor alias: " + output);
    }
  }

  /** Answers {@code PredictionService/GetModelMetadata}. */
  GetModelMetadataResponse metadata(GetModelMetadataRequest request) {
    var version = version(request.hasModelSpec(), request.getModelSpec());
    if (!new HashSet<>(request.getMetadataFieldList()).equals(Set.of(SIGNATURE_DEF))) {
      throw ApiException.badRequest("metadata_field must be %s, the only one there is, was %s"
          .formatted(SIGNATURE_DEF, request.getMetadataFieldList()));
    }
    try (var lease = models.use(version)) {
      var signatures = SignatureDefMap.newBuilder();
      for (var signature : lease.model().signatureDefs().entrySet()) {
        // The same message, of which TensorFlow Java generated a class of its own.
        signatures.putSignatureDef(
            signature.getKey(), SignatureDef.parseFrom(signature.getValue().toByteString()));
      }
      return GetModelMetadataResponse.newBuilder()
          .setModelSpec(spec(lease.model().version()))
          .putMetadata(SIGNATURE_DEF, Any.pack(signatures.build()))
          .build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Answers {@code ModelService/GetModelStatus}. */
  GetModelStatusResponse status(GetModelStatusRequest request) {
    var response = GetModelStatusResponse.newBuilder();
    for (var status : models.statuses(version(request.hasModelSpec(), request.getModelSpec()))) {
      response.addModelVersionStatus(ModelVersionStatus.newBuilder()
          .setVersion(status.version())
          .setState(ModelVersionStatus.State.valueOf(status.state().name()))
          .setStatus(StatusProto.newBuilder()
              .setErrorCode(Status.Code.valueOf(status.errorCode()).value())
              .setErrorMessage(status.errorMessage())));
    }
    return response.build();
  }

  private ModelSpec.Builder spec(long version) {
    return ModelSpec.newBuilder().setName(models.name()).setVersion(Int64Value.of(version));
  }

  /** Checks the model that is asked for, and returns the version; empty for the one that is served. */
  private OptionalLong version(boolean hasSpec, ModelSpec spec) {
    if (!hasSpec || spec.getName().isEmpty()) {
      throw ApiException.badRequest(
          "model_spec must name the model; this server has " + models.name());
    }
    models.check(spec.getName());
    if (spec.hasVersionLabel()) {
      throw ApiException.badRequest("Unrecognized servable version label: %s; there are no labels"
          .formatted(spec.getVersionLabel()));
    }
    return spec.hasVersion() ? OptionalLong.of(spec.getVersion().getValue()) : OptionalLong.empty();
  }
}
