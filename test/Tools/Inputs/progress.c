/* Calls compiled sampling runs with a function that hears how far they are, and
 * counts what they allocate between its calls. */
#include "progress.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static long allocations;

void *malloc(size_t size) {
  ++allocations;
  return __libc_malloc(size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}

struct Listener {
  int64_t calls, total, stop;
  long atLast, afterFirst;
  int inOrder;
};

static int listen(void *data, int64_t done, int64_t total) {
  struct Listener *listener = data;
  long now = allocations;
  if (listener->calls > 0)
    listener->afterFirst += now - listener->atLast;
  listener->atLast = now;
  listener->inOrder &= done == listener->calls + 1;
  listener->calls = done;
  listener->total = total;
  return done == listener->stop;
}

typedef const char *(*Run)(const DLTensor *const *, DLTensor *const *);
typedef const char *(*Reporting)(const DLTensor *const *, DLTensor *const *,
                                 int (*)(void *, int64_t, int64_t), void *);

static float in[37 * 41], plain[37 * 41], heard[37 * 41];
static int64_t seed = 7;

static void check(const char *name, Run run, Reporting reporting, int rows) {
  int64_t shape[2] = {rows, 41};
  DLTensor x = {in, {kDLCPU, 0}, 2, {kDLFloat, 32, 1}, shape, NULL, 0};
  DLTensor k = {&seed, {kDLCPU, 0}, 0, {kDLInt, 64, 1}, NULL, NULL, 0};
  DLTensor y = x;
  const DLTensor *inputs[2] = {&x, &k};
  DLTensor *outputs[1] = {&y};
  y.data = plain;
  const char *message = run(inputs, outputs);
  printf("%s: %s\n", name, message ? message : "(null)");

  struct Listener listener = {0, 0, -1, 0, 0, 1};
  y.data = heard;
  message = reporting(inputs, outputs, listen, &listener);
  printf("%s: %s after %d of %d calls, %s\n", name,
         message ? message : "(null)", (int)listener.calls, (int)listener.total,
         listener.inOrder ? "in order" : "out of order");
  printf("%s: %ld allocations after the first call, %s bits\n", name,
         listener.afterFirst,
         memcmp(plain, heard, rows * 41 * sizeof(float)) ? "other"
                                                         : "the same");

  struct Listener impatient = {0, 0, 3, 0, 0, 1};
  message = reporting(inputs, outputs, listen, &impatient);
  printf("%s: %s after %d calls\n", name, message ? message : "(null)",
         (int)impatient.calls);

  message = reporting(inputs, outputs, NULL, NULL);
  printf(
      "%s: nobody listens: %s, %s bits\n", name, message ? message : "(null)",
      memcmp(plain, heard, rows * 41 * sizeof(float)) ? "other" : "the same");
}

int main(void) {
  for (int i = 0; i < 37 * 41; ++i)
    in[i] = (float)(i % 17) / 8.0f - 1.0f;
  check("multistep", multistep, multistep_with_progress, 37);
  check("guided", guided, guided_with_progress, 37);
  check("stochastic", stochastic, stochastic_with_progress, 37);
  check("batched", batched, batched_with_progress, 3);
  return 0;
}
