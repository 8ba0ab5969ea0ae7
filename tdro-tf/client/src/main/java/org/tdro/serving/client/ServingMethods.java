package org.tdro.serving.client;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import org.tdro.serving.client.proto.GetModelMetadataRequest;
import org.tdro.serving.client.proto.GetModelMetadataResponse;
import org.tdro.serving.client.proto.GetModelStatusRequest;
import org.tdro.serving.client.proto.GetModelStatusResponse;
import org.tdro.serving.client.proto.PredictRequest;
import org.tdro.serving.client.proto.PredictResponse;

/**
 * The calls of TensorFlow Serving's gRPC services that retrievers need, from {@code tensorflow_serving/apis/}
 * {@code prediction_service.proto} and {@code model_service.proto}.
 */
public final class ServingMethods {
  /** Embeds or scores. */
  public static final MethodDescriptor<PredictRequest, PredictResponse> PREDICT = unary(
      "tensorflow.serving.PredictionService/Predict",
      PredictRequest.getDefaultInstance(),
      PredictResponse.getDefaultInstance());

  /** Returns the signatures of a model. */
  public static final MethodDescriptor<GetModelMetadataRequest, GetModelMetadataResponse>
      GET_MODEL_METADATA = unary(
          "tensorflow.serving.PredictionService/GetModelMetadata",
          GetModelMetadataRequest.getDefaultInstance(),
          GetModelMetadataResponse.getDefaultInstance());

  /** Returns the states of a model's versions. */
  public static final MethodDescriptor<GetModelStatusRequest, GetModelStatusResponse>
      GET_MODEL_STATUS = unary(
          "tensorflow.serving.ModelService/GetModelStatus",
          GetModelStatusRequest.getDefaultInstance(),
          GetModelStatusResponse.getDefaultInstance());

  private ServingMethods() {}

  private static <Q extends Message, A extends Message> MethodDescriptor<Q, A> unary(
      String name, Q request, A response) {
    return MethodDescriptor.<Q, A>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(name)
        .setSafe(true)
        .setIdempotent(true)
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ProtoUtils.marshaller(response))
        .build();
  }
}
