// Calls the compiled graph from C: attend() is declared in the header that
// whorl-compile wrote, and takes DLPack's DLTensor.
#include "attention.h"
#include <stdio.h>
#include <stdlib.h>

enum { HEADS = 8, ROWS = 100, DIM = 64, SIZE = HEADS * ROWS * DIM };

static float query[SIZE], key[SIZE], value[SIZE], result[SIZE];

static DLTensor describe(float *data, int64_t *shape) {
  DLTensor tensor = {.data = data,
                     .device = {kDLCPU, 0},
                     .ndim = 4,
                     .dtype = {kDLFloat, 32, 1},
                     .shape = shape};
  return tensor;
}

int main(void) {
  int64_t shape[4] = {1, HEADS, ROWS, DIM};
  for (int i = 0; i < SIZE; ++i) {
    query[i] = (float)(i % 13) / 13;
    key[i] = (float)(i % 7) / 7;
    value[i] = (float)(i % 11) / 11;
  }
  DLTensor q = describe(query, shape), k = describe(key, shape);
  DLTensor v = describe(value, shape), o = describe(result, shape);
  const DLTensor *inputs[] = {&q, &k, &v};
  DLTensor *outputs[] = {&o};
  const char *error = attend(inputs, outputs);
  if (error) {
    fprintf(stderr, "attend: %s\n", error);
    return EXIT_FAILURE;
  }
  // The first query sees the first key alone, so its result is that value.
  printf("row 0: %.3f %.3f %.3f, value: %.3f %.3f %.3f\n", result[0], result[1],
         result[2], value[0], value[1], value[2]);
  return EXIT_SUCCESS;
}
