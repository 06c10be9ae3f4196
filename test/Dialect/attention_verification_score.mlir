// C14: the score region.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @attention_c14_arguments(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C14) expected a score region on ('f32', 'index', 'index', 'index', 'index'), got ('f64', 'index', 'index', 'index', 'index')}}
  %o = whorl.attention %q, %q, %q score(%s: f64, %b, %h, %i, %j) {
    whorl.yield %s : f64
  } : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c14_yield(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C14) expected the score region to yield one 'f32'}}
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    // expected-note @+1 {{it yields ('index')}}
    whorl.yield %i : index
  } : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c14_yields(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C14) expected the score region to yield one 'f32'}}
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    // expected-note @+1 {{it yields ('f32', 'f32')}}
    whorl.yield %s, %s : f32, f32
  } : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c14_blocks(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C14) expected a score region of one block, got 2; use scf or arith.select for conditions}}
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    cf.br ^next
  ^next:
    whorl.yield %s : f32
  } : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c14_effects(%q: tensor<2x4x3x8xf32>, %m: memref<3xf32>) {
  // expected-error @+1 {{(C14) expected a score region without side effects}}
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    // expected-note @+1 {{'memref.store' has some}}
    memref.store %s, %m[%j] : memref<3xf32>
    whorl.yield %s : f32
  } : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c14_nested(%q: tensor<2x4x3x8xf32>, %m: memref<3xf32>) {
  // expected-error @+1 {{(C14) expected a score region without side effects}}
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    %p = arith.cmpi eq, %i, %j : index
    // expected-note @+1 {{'scf.if' has some}}
    scf.if %p {
    memref.store %s, %m[%j] : memref<3xf32>
    }
    whorl.yield %s : f32
  } : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c14_call(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C14) expected a score region without side effects}}
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    // expected-note @+1 {{'func.call' has some}}
    %r = func.call @f(%s) : (f32) -> f32
    whorl.yield %r : f32
  } : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
func.func private @f(f32) -> f32

// -----

func.func @attention_c14_reads(%q: tensor<2x4x3x8xf32>, %m: memref<3xf32>) {
  // expected-error @+1 {{(C14) expected a score region that reads tensors alone}}
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    // expected-note @+1 {{'memref.load' reads memory; capture a tensor and use tensor.extract}}
    %r = memref.load %m[%j] : memref<3xf32>
    whorl.yield %r : f32
  } : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c14_tensors(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C14) expected a score region of scalar operations}}
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    // expected-note @+1 {{'whorl.attention' works on whole tensors}}
    %a = whorl.attention %q, %q, %q : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
    whorl.yield %s : f32
  } : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c14_vectors(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C14) expected a score region of scalar operations}}
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    // expected-note @+1 {{'vector.broadcast' yields a vector}}
    %x = vector.broadcast %s : f32 to vector<4xf32>
    %r = vector.reduction <add>, %x : vector<4xf32> into f32
    whorl.yield %r : f32
  } : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
