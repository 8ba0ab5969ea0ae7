package org.tdro.keras;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteBuffer;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteDeviceList;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListCount;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListMemoryBytes;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListName;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListType;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GetRegisteredKernelsForOp;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SessionListDevices;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetConfig;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.KernelList;

/**
 * Something that TensorFlow computes on. The Java API of sessions does not list devices, the C API does.
 *
 * @param name as in {@code /job:localhost/replica:0/task:0/device:CPU:0}
 * @param type {@code CPU}, {@code GPU} and the like
 * @param memoryBytes what TensorFlow may take of its memory; for the CPU a nominal figure
 */
public record Device(String name, String type, long memoryBytes) {
  private static final String GPU = "GPU";

  /** Whether it is a GPU. */
  public boolean isGpu() {
    return type.equals(GPU);
  }

  /**
   * The devices of a session with these options. The first session of a process fixes how GPU memory is taken: ask with the
   * options that the models will have.
   *
   * @throws org.tensorflow.exceptions.TensorFlowException if the options ask for a GPU that is not there
   */
  public static List<Device> visible(ConfigProto config) {
    TensorFlow.version(); // Loads the native library.
    var bytes = config.toByteArray();
    try (var status = TF_Status.newStatus();
        var options = TF_SessionOptions.newSessionOptions();
        var serialized = new BytePointer(bytes);
        var graph = TF_Graph.newGraph()) {
      TF_SetConfig(options, serialized, bytes.length, status);
      status.throwExceptionIfNotOK();
      try (var session = TF_Session.newSession(graph, options, status)) {
        status.throwExceptionIfNotOK();
        return list(session, status);
      }
    }
  }

  private static List<Device> list(TF_Session session, TF_Status status) {
    var list = TF_SessionListDevices(session, status);
    status.throwExceptionIfNotOK();
    try {
      var devices = new ArrayList<Device>();
      for (int i = 0; i < TF_DeviceListCount(list); i++) {
        devices.add(new Device(
            TF_DeviceListName(list, i, status).getString(),
            TF_DeviceListType(list, i, status).getString(),
            TF_DeviceListMemoryBytes(list, i, status)));
        status.throwExceptionIfNotOK();
      }
      return List.copyOf(devices);
    } finally {
      TF_DeleteDeviceList(list);
    }
  }

  /** Whether the native library on the class path was built with operations for GPUs, used or not. */
  public static boolean builtForGpu() {
    TensorFlow.version();
    try (var status = TF_Status.newStatus()) {
      var kernels = TF_GetRegisteredKernelsForOp("MatMul", status);
      status.throwExceptionIfNotOK();
      try {
        return KernelList.parseFrom(kernels.copyData()).getKernelList().stream()
            .anyMatch(kernel -> kernel.getDeviceType().equals(GPU));
      } finally {
        TF_DeleteBuffer(kernels);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("TensorFlow's list of kernels cannot be read", e);
    }
  }
}
