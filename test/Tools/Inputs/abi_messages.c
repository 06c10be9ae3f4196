/* Calls `attend` of graph.mlir wrongly, one mistake at a time, and prints what
 * it says. The output is filled with a mark first: a refused call writes
 * nothing. Arguments that no call may read are pages without access. */
#include "graph.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { rows = 5, elements = 2 * rows * 8 };

static float data[3][elements + 1], result[elements + 1];
static int64_t shapes[4][4], strides[4] = {2 * rows * 8, rows * 8, 8, 1};
static DLTensor tensors[4];
static const DLTensor *inputs[3];
static DLTensor *outputs[1];

static void setUp(void) {
  for (int i = 0; i < 4; ++i) {
    int64_t shape[4] = {1, 2, rows, 8};
    memcpy(shapes[i], shape, sizeof shape);
    DLTensor tensor = {i < 3 ? data[i] : result,
                       {kDLCPU, 0},
                       4,
                       {kDLFloat, 32, 1},
                       shapes[i],
                       NULL,
                       0};
    tensors[i] = tensor;
    if (i < 3)
      inputs[i] = &tensors[i];
  }
  outputs[0] = &tensors[3];
  for (int i = 0; i <= elements; ++i)
    result[i] = 77;
}

static void call(const char *what) {
  const char *message = attend(inputs, outputs);
  int isUntouched = 1;
  for (int i = 0; i <= elements; ++i)
    isUntouched &= result[i] == 77;
  printf("%s: %s%s\n", what, message ? message : "fine",
         message && !isUntouched ? " (BUT WROTE)" : "");
  setUp();
}

int main(void) {
  DLTensor *q = &tensors[0], *k = &tensors[1], *v = &tensors[2];
  DLTensor *o = &tensors[3];
  void *closed =
      mmap(NULL, 1 << 16, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  setUp();
  call("right");
  q->strides = strides, call("strides of the shape");
  q->byte_offset = 4, call("offset by an element");
  printf("no inputs: %s\n", attend(NULL, outputs));
  printf("no outputs: %s\n", attend(inputs, NULL));
  inputs[0] = NULL, call("no query");
  inputs[2] = NULL, call("no value");
  outputs[0] = NULL, call("no output");
  k->data = NULL, call("no data");
  o->data = NULL, call("no data of the output");
  v->shape = NULL, call("no shape");
  q->ndim = 3, call("rank 3");
  k->ndim = 7, call("rank 7");
  q->dtype.bits = 64, call("f64");
  q->dtype.bits = 16, call("f16");
  v->dtype.code = kDLInt, call("i32");
  v->dtype.lanes = 4, call("lanes");
  k->device.device_type = kDLCUDA, k->data = closed, call("device");
  strides[3] = 2, v->strides = strides, call("strides");
  strides[3] = 1;
  shapes[1][1] = 3, call("heads");
  shapes[0][2] = -1, call("negative");
  shapes[3][3] = 9, call("output width");
  shapes[2][2] = 4, v->data = closed, call("rows of key and value");
  shapes[3][2] = 4, call("rows of the output");
  q->byte_offset = 2, call("misaligned");
  o->data = data[0], call("output is an input");
  /* No rows: data may be absent. */
  for (int i = 0; i < 4; ++i)
    shapes[i][2] = 0, tensors[i].data = NULL;
  call("empty");
  return 0;
}
