// 2^20 random numbers: numbers a second are 1.05e6 over the time.

func.func @bits(%seed: i64) -> tensor<1048576xi32> {
  %r = whorl.random distribution = #whorl.bits generator = #whorl.philox
      key(%seed : i64) : tensor<1048576xi32>
  return %r : tensor<1048576xi32>
}

func.func @uniform(%seed: i64) -> tensor<1048576xf32> {
  %r = whorl.random distribution = #whorl.uniform generator = #whorl.philox
      key(%seed : i64) : tensor<1048576xf32>
  return %r : tensor<1048576xf32>
}

func.func @normal(%seed: i64) -> tensor<1048576xf32> {
  %r = whorl.random distribution = #whorl.normal generator = #whorl.philox
      key(%seed : i64) : tensor<1048576xf32>
  return %r : tensor<1048576xf32>
}

func.func @box_muller(%seed: i64) -> tensor<1048576xf32> {
  %r = whorl.random distribution = #whorl.normal<form = box_muller>
      generator = #whorl.philox key(%seed : i64) : tensor<1048576xf32>
  return %r : tensor<1048576xf32>
}

func.func @gumbel(%seed: i64) -> tensor<1048576xf32> {
  %r = whorl.random distribution = #whorl.gumbel generator = #whorl.philox
      key(%seed : i64) : tensor<1048576xf32>
  return %r : tensor<1048576xf32>
}

func.func @threefry(%seed: i64) -> tensor<1048576xi32> {
  %r = whorl.random distribution = #whorl.bits generator = #whorl.threefry
      key(%seed : i64) : tensor<1048576xi32>
  return %r : tensor<1048576xi32>
}

// The noise is never in memory.
func.func @add_noise(%x: tensor<1048576xf32>, %seed: i64)
    -> tensor<1048576xf32> {
  %z = whorl.random distribution = #whorl.normal generator = #whorl.philox
      key(%seed : i64) : tensor<1048576xf32>
  %y = arith.addf %x, %z : tensor<1048576xf32>
  return %y : tensor<1048576xf32>
}
