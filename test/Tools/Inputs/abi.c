/* Calls a compiled function rightly once, and wrongly in every way. */
#include "graph.h"
#include <stdio.h>

static float data[24], result[12];
static int64_t shape[] = {3, 4}, other[] = {3, 5}, strides[] = {1, 3};

static DLTensor make(float *values) {
  DLTensor tensor = {values, {kDLCPU, 0}, 2, {kDLFloat, 32, 1}, shape, NULL, 0};
  return tensor;
}

static void call(const char *what, DLTensor *input, DLTensor *output) {
  const DLTensor *inputs[] = {input};
  DLTensor *outputs[] = {output};
  const char *message = negate(inputs, outputs);
  printf("%s: %s\n", what, message ? message : "(null)");
}

int main(void) {
  DLTensor x = make(data), y = make(result);
  call("good", &x, &y);
  x = make(data);
  x.ndim = 1;
  call("rank", &x, &y);
  x = make(data);
  x.dtype.bits = 64;
  call("dtype", &x, &y);
  x = make(data);
  x.device.device_type = 2;
  call("device", &x, &y);
  x = make(data);
  x.strides = strides;
  call("strides", &x, &y);
  x = make(data);
  x.shape = other;
  call("size", &x, &y);
  x = make(data);
  y.shape = other;
  call("output", &x, &y);
  y = make(result);
  x.data = NULL;
  call("null", &x, &y);
  return 0;
}
