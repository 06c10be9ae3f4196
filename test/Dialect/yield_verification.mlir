// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @yield_c1(%x: f32) {
  // expected-error @+1 {{'whorl.yield' op expects parent op to be one of 'whorl.attention, whorl.recur_positions, whorl.sample'}}
  whorl.yield %x : f32
}

// -----

func.func @yield_c1_nested(%q: tensor<1x1x3x4xf32>) {
  %o = whorl.attention %q, %q, %q score(%s, %b, %h, %i, %j) {
    %p = arith.cmpi eq, %i, %j : index
    scf.if %p {
      // expected-error @+1 {{'whorl.yield' op expects parent op to be one of 'whorl.attention, whorl.recur_positions, whorl.sample'}}
      whorl.yield %s : f32
    }
    whorl.yield %s : f32
  } : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>) -> tensor<1x1x3x4xf32>
  return
}
