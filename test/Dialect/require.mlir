// RUN: whorl-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// CHECK: whorl.require %arg0, "rows must agree"
func.func @round_trip(%ok: i1) {
  whorl.require %ok, "rows must agree"
  return
}

// -----

func.func @condition(%ok: i32) { // expected-note {{prior use here}}
  // expected-error @+1 {{use of value '%ok' expects different type than prior uses: 'i1' vs 'i32'}}
  whorl.require %ok, "rows must agree"
  return
}

// -----

func.func @message(%ok: i1) {
  // expected-error @+1 {{expected ','}}
  whorl.require %ok
  return
}
