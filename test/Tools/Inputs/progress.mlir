// Runs with all that a loop carries: history, momentum, noise, a base.
#levels = #whorl.vp<beta = linear(0.0001, 0.02), steps = 10, sigmas = karras>

// |x| grows, so that no call can be left out.
func.func private @model(%x: tensor<37x41xf32>, %t: f32) -> tensor<37x41xf32> {
  %e = tensor.empty() : tensor<37x41xf32>
  %one = arith.constant 1.0 : f32
  %s = arith.divf %one, %t : f32
  %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<37x41xf32>) outs(%e : tensor<37x41xf32>) {
  ^bb0(%a: f32, %o: f32):
    %b = arith.addf %a, %s : f32
    %c = arith.mulf %b, %a : f32
    %d = arith.addf %c, %one : f32
    %f = arith.divf %a, %d : f32
    linalg.yield %f : f32
  } -> tensor<37x41xf32>
  return %y : tensor<37x41xf32>
}

func.func @multistep(%x: tensor<37x41xf32>) -> tensor<37x41xf32> {
  %y = whorl.sample %x sampler = #whorl.unipc<order = 3> schedule = #levels
      prediction = x0 {
    ^bb0(%s: tensor<37x41xf32>, %t: f32):
      %m = func.call @model(%s, %t) : (tensor<37x41xf32>, f32) -> tensor<37x41xf32>
      whorl.yield %m : tensor<37x41xf32>
  } : tensor<37x41xf32>
  return %y : tensor<37x41xf32>
}

func.func @guided(%x: tensor<37x41xf32>) -> tensor<37x41xf32> {
  %y = whorl.sample %x sampler = #whorl.dpmpp schedule = #levels prediction = v
      guidance = #whorl.apg<momentum = -0.5, cap = 2.0> scale(4.0) {
    ^bb0(%s: tensor<37x41xf32>, %t: f32):
      %u = func.call @model(%s, %t) : (tensor<37x41xf32>, f32) -> tensor<37x41xf32>
      %d = arith.addf %t, %t : f32
      %c = func.call @model(%s, %d) : (tensor<37x41xf32>, f32) -> tensor<37x41xf32>
      whorl.yield %u, %c : tensor<37x41xf32>, tensor<37x41xf32>
  } : tensor<37x41xf32>
  return %y : tensor<37x41xf32>
}

func.func @stochastic(%x: tensor<37x41xf32>, %seed: i64) -> tensor<37x41xf32> {
  %y = whorl.sample %x sampler = #whorl.dpmpp_sde schedule = #levels
      prediction = epsilon key(%seed : i64) {
    ^bb0(%s: tensor<37x41xf32>, %t: f32):
      %m = func.call @model(%s, %t) : (tensor<37x41xf32>, f32) -> tensor<37x41xf32>
      whorl.yield %m : tensor<37x41xf32>
  } : tensor<37x41xf32>
  return %y : tensor<37x41xf32>
}

func.func @batched(%x: tensor<3x41xf32>) -> tensor<3x41xf32> {
  %y = whorl.sample %x sampler = #whorl.heun schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 5>
      prediction = x0 guidance = #whorl.cfg scale(4.0) batched {
    ^bb0(%s: tensor<6x41xf32>, %t: f32):
      %m = linalg.exp ins(%s : tensor<6x41xf32>) outs(%s : tensor<6x41xf32>) -> tensor<6x41xf32>
      whorl.yield %m : tensor<6x41xf32>
  } : tensor<3x41xf32>
  return %y : tensor<3x41xf32>
}

// Long enough to be interrupted.
func.func @patient(%x: tensor<997x1009xf32>) -> tensor<997x1009xf32> {
  %y = whorl.sample %x sampler = #whorl.euler
      schedule = #whorl.ve<sigmas = karras(0.1, 10.0), steps = 60000> prediction = x0 {
    ^bb0(%s: tensor<997x1009xf32>, %t: f32):
      %m = linalg.exp ins(%s : tensor<997x1009xf32>) outs(%s : tensor<997x1009xf32>)
          -> tensor<997x1009xf32>
      whorl.yield %m : tensor<997x1009xf32>
  } : tensor<997x1009xf32>
  return %y : tensor<997x1009xf32>
}
