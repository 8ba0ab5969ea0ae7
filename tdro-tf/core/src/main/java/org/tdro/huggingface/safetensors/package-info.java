/**
 * Weights in the safetensors format: eight bytes with the length of a header, little-endian and unsigned; the header, a JSON
 * object of {@code name -> {dtype, shape, data_offsets}} padded with spaces; then the tensors, row-major and little-endian,
 * without holes. Files are taken to be hostile until their header is checked. Nothing here needs TensorFlow.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The format</a>
 */
package org.tdro.huggingface.safetensors;
