// What the encodings' parser refuses.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected one of theta, multiplier, pairing, rotary_dim, rotary_start, scaling, sections, section_order, section_frequencies, got 'base'}}
func.func private @unknown_parameter() attributes {a.b = #whorl.rope<base = 2.0>}

// -----

// expected-error @+1 {{'theta' is given twice}}
func.func private @twice() attributes {a.b = #whorl.rope<theta = 2.0, theta = 3.0>}

// -----

// expected-error @+1 {{expected half or interleaved, got 'quarter'}}
func.func private @pairing() attributes {a.b = #whorl.rope<pairing = quarter>}

// -----

// expected-error @+1 {{expected true or false, got 'yes'}}
func.func private @boolean() attributes {a.b = #whorl.alibi<slopes = yes>}

// -----

// expected-error @+1 {{unknown attribute `ropes` in dialect `whorl`}}
func.func private @unknown_attribute() attributes {a.b = #whorl.ropes}
