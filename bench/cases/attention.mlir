// Attention on 2048 rows in f32, 8 heads of 64, with all that may act on scores;
// and 8 heads of 128 on 2 heads of keys.

func.func @full(%q: tensor<1x8x2048x64xf32>, %k: tensor<1x8x2048x64xf32>,
                %v: tensor<1x8x2048x64xf32>)
    -> tensor<1x8x2048x64xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>)
      -> tensor<1x8x2048x64xf32>
  return %o : tensor<1x8x2048x64xf32>
}

func.func @causal(%q: tensor<1x8x2048x64xf32>, %k: tensor<1x8x2048x64xf32>,
                  %v: tensor<1x8x2048x64xf32>)
    -> tensor<1x8x2048x64xf32> {
  %o = whorl.attention %q, %k, %v
    mask #whorl.causal
    : (tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>)
      -> tensor<1x8x2048x64xf32>
  return %o : tensor<1x8x2048x64xf32>
}

func.func @causal_rope(%q: tensor<1x8x2048x64xf32>, %k: tensor<1x8x2048x64xf32>,
                       %v: tensor<1x8x2048x64xf32>)
    -> tensor<1x8x2048x64xf32> {
  %o = whorl.attention %q, %k, %v
    position [#whorl.rope<theta = 1.0e+04>]
    mask #whorl.causal
    : (tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>)
      -> tensor<1x8x2048x64xf32>
  return %o : tensor<1x8x2048x64xf32>
}

func.func @causal_alibi(%q: tensor<1x8x2048x64xf32>, %k: tensor<1x8x2048x64xf32>,
                        %v: tensor<1x8x2048x64xf32>)
    -> tensor<1x8x2048x64xf32> {
  %o = whorl.attention %q, %k, %v
    position [#whorl.alibi]
    mask #whorl.causal
    : (tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>)
      -> tensor<1x8x2048x64xf32>
  return %o : tensor<1x8x2048x64xf32>
}

// The bias of T5: 32 buckets of distances, the first 16 exact, the rest by their
// logarithm up to 128; one number a bucket and head.
func.func @causal_t5(%q: tensor<1x8x2048x64xf32>, %k: tensor<1x8x2048x64xf32>,
                     %v: tensor<1x8x2048x64xf32>, %table: tensor<32x8xf32>)
    -> tensor<1x8x2048x64xf32> {
  %o = whorl.attention %q, %k, %v
    mask #whorl.causal
    score(%s, %b, %h, %i, %j) {
      %zero = arith.constant 0 : index
      %exact = arith.constant 16 : index
      %last = arith.constant 31 : index
      %difference = arith.subi %i, %j : index
      %distance = arith.maxsi %difference, %zero : index
      %integer = arith.index_cast %distance : index to i32
      %float = arith.sitofp %integer : i32 to f32
      %sixteenth = arith.constant 0.0625 : f32
      %one = arith.constant 1.0 : f32
      %ratio = arith.mulf %float, %sixteenth : f32
      %above = arith.maximumf %ratio, %one : f32
      %log = math.log %above : f32
      %per_log = arith.constant 7.69437361 : f32 // 16 / log(128 / 16)
      %scaled = arith.mulf %log, %per_log : f32
      %whole = arith.fptosi %scaled : f32 to i32
      %further = arith.index_cast %whole : i32 to index
      %far = arith.addi %exact, %further : index
      %capped = arith.minsi %far, %last : index
      %is_near = arith.cmpi slt, %distance, %exact : index
      %bucket = arith.select %is_near, %distance, %capped : index
      %bias = tensor.extract %table[%bucket, %h] : tensor<32x8xf32>
      %new = arith.addf %s, %bias : f32
      whorl.yield %new : f32
    }
    : (tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>)
      -> tensor<1x8x2048x64xf32>
  return %o : tensor<1x8x2048x64xf32>
}

// A score region that depends on i - j.
func.func @causal_kerple(%q: tensor<1x8x2048x64xf32>, %k: tensor<1x8x2048x64xf32>,
    %v: tensor<1x8x2048x64xf32>)
    -> tensor<1x8x2048x64xf32> {
  %o = whorl.attention %q, %k, %v
    mask #whorl.causal
    score(%s, %b, %h, %i, %j) {
      %difference = arith.subi %i, %j : index
      %integer = arith.index_cast %difference : index to i32
      %signed = arith.sitofp %integer : i32 to f32
      %distance = math.absf %signed : f32
      %log = math.log1p %distance : f32
      %new = arith.subf %s, %log : f32
      whorl.yield %new : f32
    }
    : (tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>)
      -> tensor<1x8x2048x64xf32>
  return %o : tensor<1x8x2048x64xf32>
}

func.func @softcap(%q: tensor<1x8x2048x64xf32>, %k: tensor<1x8x2048x64xf32>,
                   %v: tensor<1x8x2048x64xf32>)
    -> tensor<1x8x2048x64xf32> {
  %o = whorl.attention %q, %k, %v
    softcap(30.0)
    : (tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>)
      -> tensor<1x8x2048x64xf32>
  return %o : tensor<1x8x2048x64xf32>
}

func.func @causal_softcap(%q: tensor<1x8x2048x64xf32>, %k: tensor<1x8x2048x64xf32>,
    %v: tensor<1x8x2048x64xf32>)
    -> tensor<1x8x2048x64xf32> {
  %o = whorl.attention %q, %k, %v
    softcap(30.0)
    mask #whorl.causal
    : (tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>)
      -> tensor<1x8x2048x64xf32>
  return %o : tensor<1x8x2048x64xf32>
}

// A score region that depends on head and key.
func.func @score(%q: tensor<1x8x2048x64xf32>, %k: tensor<1x8x2048x64xf32>,
                 %v: tensor<1x8x2048x64xf32>, %weights: tensor<8xf32>,
    %terms: tensor<2048xf32>)
    -> tensor<1x8x2048x64xf32> {
  %o = whorl.attention %q, %k, %v
    score(%s, %b, %h, %i, %j) {
      %weight = tensor.extract %weights[%h] : tensor<8xf32>
      %term = tensor.extract %terms[%j] : tensor<2048xf32>
      %scaled = arith.mulf %s, %weight : f32
      %new = arith.addf %scaled, %term : f32
      whorl.yield %new : f32
    }
    : (tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>, tensor<1x8x2048x64xf32>)
      -> tensor<1x8x2048x64xf32>
  return %o : tensor<1x8x2048x64xf32>
}

func.func @grouped(%q: tensor<1x8x2048x128xf32>, %k: tensor<1x2x2048x128xf32>,
                   %v: tensor<1x2x2048x128xf32>)
    -> tensor<1x8x2048x128xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x2048x128xf32>, tensor<1x2x2048x128xf32>, tensor<1x2x2048x128xf32>)
      -> tensor<1x8x2048x128xf32>
  return %o : tensor<1x8x2048x128xf32>
}

func.func @grouped_causal(%q: tensor<1x8x2048x128xf32>, %k: tensor<1x2x2048x128xf32>,
    %v: tensor<1x2x2048x128xf32>)
    -> tensor<1x8x2048x128xf32> {
  %o = whorl.attention %q, %k, %v
    mask #whorl.causal
    : (tensor<1x8x2048x128xf32>, tensor<1x2x2048x128xf32>, tensor<1x2x2048x128xf32>)
      -> tensor<1x8x2048x128xf32>
  return %o : tensor<1x8x2048x128xf32>
}
