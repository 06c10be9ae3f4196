// What stands behind the last key that a length lets in, the rest of a cache, say,
// is no part of the result, even if it is no number. 33 of 40 keys: the last pair
// of keys and the last AMX tile are partial.
// DEFINE: %{run} = whorl-run %s --threads=1 --input=random:1x1x9x16xbf16:1 --input=random:1x1x33x16xbf16:2 --input=random:1x1x33x16xbf16:3 --check
// RUN: %{run} | FileCheck %s --implicit-check-not=NaN
// RUN: %{run} --target=znver5 --emulate-instructions | FileCheck %s --implicit-check-not=NaN
// RUN: %{run} --target=sapphirerapids --emulate-instructions | FileCheck %s --implicit-check-not=NaN
// CHECK: agrees with the reference
!q = tensor<1x1x9x16xbf16>
!k = tensor<1x1x33x16xbf16>
!cache = tensor<1x1x40x16xbf16>
func.func @attend(%q: !q, %k: !k, %v: !k) -> !q {
  %nan = arith.constant dense<0x7FC0> : !cache
  %keys = tensor.insert_slice %k into %nan[0, 0, 0, 0] [1, 1, 33, 16] [1, 1, 1, 1] : !k into !cache
  %values = tensor.insert_slice %v into %nan[0, 0, 0, 0] [1, 1, 33, 16] [1, 1, 1, 1] : !k into !cache
  %length = arith.constant dense<33> : tensor<1xi32>
  %o = whorl.attention %q, %keys, %values mask #whorl.key_lengths(%length : tensor<1xi32>)
     : (!q, !cache, !cache) -> !q
  return %o : !q
}
