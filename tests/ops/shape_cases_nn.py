"""The cases of shapes.tsv of layers, losses and candidate sampling, as in shape_cases.py."""

TABLE = '''
Softmax | float[2,3] |
Softmax | float[] |
Softmax | float? |
LogSoftmax | float[5] |
BiasAdd | float[2,3]; float[3] |
BiasAdd | float[2,3]; float[4] |
BiasAdd | float[2,?]; float[3] |
BiasAdd | float?; float[3] |
BiasAdd | float[3]; float[3] |
BiasAdd | float[2,3]; float[1,3] |
BiasAdd | float[2,4,5,3]; float[3] |
BiasAdd | float[2,3,4,5]; float[3] | data_format=NCHW
BiasAdd | float[2,3,4,5]; float[4] | data_format=NCHW
BiasAdd | float[2,?,4,5]; float[3] | data_format=NCHW
BiasAdd | float[2,3,4]; float[3] | data_format=NCHW
BiasAdd | float[2,3,4]; float[2] | data_format=NCHW
BiasAdd | float[2,3]; float[3] | data_format=NCHW
BiasAdd | float[2,3,4,5,6]; float[3] | data_format=NCHW
BiasAdd | float[2,3,4,5,6]; float[4] | data_format=NCHW
BiasAdd | float?; float[4] | data_format=NCHW
BiasAddV1 | float[2,3]; float[3] |
BiasAddV1 | float[2,3]; float[2] |
BiasAddGrad | float[2,3] |
BiasAddGrad | float[2,3,4,5] | data_format=NCHW
BiasAddGrad | float[2,3,4] | data_format=NCHW
BiasAddGrad | float[2,3,4,5,6] | data_format=NCHW
BiasAddGrad | float? |
BiasAddGrad | float[3] |
UniformCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true range_max=20
UniformCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true range_max=20
UniformCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true range_max=20
UniformCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true range_max=20
UniformCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true range_max=20
UniformCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true range_max=20
LogUniformCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true range_max=20
LearnedUnigramCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true range_max=20
ThreadUnsafeUnigramCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true range_max=20
AllCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true
AllCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true
AllCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true
AllCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true
AllCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true
AllCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true
FixedUnigramCandidateSampler | int64? | num_true=2 num_sampled=5 unique=true range_max=20
FixedUnigramCandidateSampler | int64[3,2] | num_true=2 num_sampled=5 unique=true range_max=20
FixedUnigramCandidateSampler | int64[?,2] | num_true=2 num_sampled=5 unique=true range_max=20
FixedUnigramCandidateSampler | int64[3,4] | num_true=2 num_sampled=5 unique=true range_max=20
FixedUnigramCandidateSampler | int64[3] | num_true=2 num_sampled=5 unique=true range_max=20
FixedUnigramCandidateSampler | int64[3,?] | num_true=2 num_sampled=5 unique=true range_max=20
ComputeAccidentalHits | int64?; int64? | num_true=2
ComputeAccidentalHits | int64[3,2]; int64[5] | num_true=2
ComputeAccidentalHits | int64[3,4]; int64[5] | num_true=2
ComputeAccidentalHits | int64[3]; int64[5] | num_true=2
ComputeAccidentalHits | int64[3,2]; int64[5,1] | num_true=2
ComputeAccidentalHits | int64[?,?]; int64[?] | num_true=2
FusedBatchNorm | float?; float?; float?; float?; float? |
FusedBatchNorm | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] |
FusedBatchNorm | float[?,?,?,?]; float?; float[5]; float?; float[7] |
FusedBatchNorm | float[2,3,5]; float?; float?; float?; float? |
FusedBatchNorm | float?; float[1,2]; float?; float?; float? |
FusedBatchNorm | float?; float?; float?; float[2,1]; float? |
FusedBatchNorm | float[2,3,4,5]; float[4]; float?; float?; float? |
FusedBatchNorm | float?; float[3]; float[4]; float?; float? |
FusedBatchNormGrad | float?; float?; float?; float?; float? |
FusedBatchNormGrad | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? |
FusedBatchNormGrad | float[?,?,?,?]; float?; float[5]; float?; float? |
FusedBatchNormGrad | float?; float?; float?; float?; float[7] |
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? |
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? |
FusedBatchNormGrad | float[2,3,5]; float?; float?; float?; float? |
FusedBatchNormGrad | float?; float?; float[1,2]; float?; float? |
FusedBatchNorm | float?; float?; float?; float?; float? | is_training=false
FusedBatchNorm | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | is_training=false
FusedBatchNorm | float[?,?,?,?]; float?; float[5]; float?; float[7] | is_training=false
FusedBatchNorm | float[2,3,5]; float?; float?; float?; float? | is_training=false
FusedBatchNorm | float?; float[1,2]; float?; float?; float? | is_training=false
FusedBatchNorm | float?; float?; float?; float[2,1]; float? | is_training=false
FusedBatchNorm | float[2,3,4,5]; float[4]; float?; float?; float? | is_training=false
FusedBatchNorm | float?; float[3]; float[4]; float?; float? | is_training=false
FusedBatchNormGrad | float?; float?; float?; float?; float? | is_training=false
FusedBatchNormGrad | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? | is_training=false
FusedBatchNormGrad | float[?,?,?,?]; float?; float[5]; float?; float? | is_training=false
FusedBatchNormGrad | float?; float?; float?; float?; float[7] | is_training=false
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? | is_training=false
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? | is_training=false
FusedBatchNormGrad | float[2,3,5]; float?; float?; float?; float? | is_training=false
FusedBatchNormGrad | float?; float?; float[1,2]; float?; float? | is_training=false
FusedBatchNorm | float?; float?; float?; float?; float? | data_format=NCHW
FusedBatchNorm | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | data_format=NCHW
FusedBatchNorm | float[?,?,?,?]; float?; float[5]; float?; float[7] | data_format=NCHW
FusedBatchNorm | float[2,3,5]; float?; float?; float?; float? | data_format=NCHW
FusedBatchNorm | float?; float[1,2]; float?; float?; float? | data_format=NCHW
FusedBatchNorm | float?; float?; float?; float[2,1]; float? | data_format=NCHW
FusedBatchNorm | float[2,3,4,5]; float[4]; float?; float?; float? | data_format=NCHW
FusedBatchNorm | float?; float[3]; float[4]; float?; float? | data_format=NCHW
FusedBatchNormGrad | float?; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormGrad | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? | data_format=NCHW
FusedBatchNormGrad | float[?,?,?,?]; float?; float[5]; float?; float? | data_format=NCHW
FusedBatchNormGrad | float?; float?; float?; float?; float[7] | data_format=NCHW
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? | data_format=NCHW
FusedBatchNormGrad | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? | data_format=NCHW
FusedBatchNormGrad | float[2,3,5]; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormGrad | float?; float?; float[1,2]; float?; float? | data_format=NCHW
FusedBatchNormV2 | float?; float?; float?; float?; float? |
FusedBatchNormV2 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] |
FusedBatchNormV2 | float[?,?,?,?]; float?; float[5]; float?; float[7] |
FusedBatchNormV2 | float[2,3,5]; float?; float?; float?; float? |
FusedBatchNormV2 | float?; float[1,2]; float?; float?; float? |
FusedBatchNormV2 | float?; float?; float?; float[2,1]; float? |
FusedBatchNormV2 | float[2,3,4,5]; float[4]; float?; float?; float? |
FusedBatchNormV2 | float?; float[3]; float[4]; float?; float? |
FusedBatchNormGradV2 | float?; float?; float?; float?; float? |
FusedBatchNormGradV2 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? |
FusedBatchNormGradV2 | float[?,?,?,?]; float?; float[5]; float?; float? |
FusedBatchNormGradV2 | float?; float?; float?; float?; float[7] |
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? |
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? |
FusedBatchNormGradV2 | float[2,3,5]; float?; float?; float?; float? |
FusedBatchNormGradV2 | float?; float?; float[1,2]; float?; float? |
FusedBatchNormV2 | float?; float?; float?; float?; float? | is_training=false
FusedBatchNormV2 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | is_training=false
FusedBatchNormV2 | float[?,?,?,?]; float?; float[5]; float?; float[7] | is_training=false
FusedBatchNormV2 | float[2,3,5]; float?; float?; float?; float? | is_training=false
FusedBatchNormV2 | float?; float[1,2]; float?; float?; float? | is_training=false
FusedBatchNormV2 | float?; float?; float?; float[2,1]; float? | is_training=false
FusedBatchNormV2 | float[2,3,4,5]; float[4]; float?; float?; float? | is_training=false
FusedBatchNormV2 | float?; float[3]; float[4]; float?; float? | is_training=false
FusedBatchNormGradV2 | float?; float?; float?; float?; float? | is_training=false
FusedBatchNormGradV2 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? | is_training=false
FusedBatchNormGradV2 | float[?,?,?,?]; float?; float[5]; float?; float? | is_training=false
FusedBatchNormGradV2 | float?; float?; float?; float?; float[7] | is_training=false
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? | is_training=false
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? | is_training=false
FusedBatchNormGradV2 | float[2,3,5]; float?; float?; float?; float? | is_training=false
FusedBatchNormGradV2 | float?; float?; float[1,2]; float?; float? | is_training=false
FusedBatchNormV2 | float?; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormV2 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | data_format=NCHW
FusedBatchNormV2 | float[?,?,?,?]; float?; float[5]; float?; float[7] | data_format=NCHW
FusedBatchNormV2 | float[2,3,5]; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormV2 | float?; float[1,2]; float?; float?; float? | data_format=NCHW
FusedBatchNormV2 | float?; float?; float?; float[2,1]; float? | data_format=NCHW
FusedBatchNormV2 | float[2,3,4,5]; float[4]; float?; float?; float? | data_format=NCHW
FusedBatchNormV2 | float?; float[3]; float[4]; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float?; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float[?,?,?,?]; float?; float[5]; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float?; float?; float?; float?; float[7] | data_format=NCHW
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float[2,3,5]; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormGradV2 | float?; float?; float[1,2]; float?; float? | data_format=NCHW
FusedBatchNormV3 | float?; float?; float?; float?; float? |
FusedBatchNormV3 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] |
FusedBatchNormV3 | float[?,?,?,?]; float?; float[5]; float?; float[7] |
FusedBatchNormV3 | float[2,3,5]; float?; float?; float?; float? |
FusedBatchNormV3 | float?; float[1,2]; float?; float?; float? |
FusedBatchNormV3 | float?; float?; float?; float[2,1]; float? |
FusedBatchNormV3 | float[2,3,4,5]; float[4]; float?; float?; float? |
FusedBatchNormV3 | float?; float[3]; float[4]; float?; float? |
FusedBatchNormGradV3 | float?; float?; float?; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float[?,?,?,?]; float?; float[5]; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float?; float?; float?; float?; float[7]; float[1,2] |
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float[2,3,5]; float?; float?; float?; float?; float[1,2] |
FusedBatchNormGradV3 | float?; float?; float[1,2]; float?; float?; float[1,2] |
FusedBatchNormV3 | float?; float?; float?; float?; float? | is_training=false
FusedBatchNormV3 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | is_training=false
FusedBatchNormV3 | float[?,?,?,?]; float?; float[5]; float?; float[7] | is_training=false
FusedBatchNormV3 | float[2,3,5]; float?; float?; float?; float? | is_training=false
FusedBatchNormV3 | float?; float[1,2]; float?; float?; float? | is_training=false
FusedBatchNormV3 | float?; float?; float?; float[2,1]; float? | is_training=false
FusedBatchNormV3 | float[2,3,4,5]; float[4]; float?; float?; float? | is_training=false
FusedBatchNormV3 | float?; float[3]; float[4]; float?; float? | is_training=false
FusedBatchNormGradV3 | float?; float?; float?; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float[?,?,?,?]; float?; float[5]; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float?; float?; float?; float?; float[7]; float[1,2] | is_training=false
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float[2,3,5]; float?; float?; float?; float?; float[1,2] | is_training=false
FusedBatchNormGradV3 | float?; float?; float[1,2]; float?; float?; float[1,2] | is_training=false
FusedBatchNormV3 | float?; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormV3 | float[2,3,4,5]; float[?]; float[?]; float[?]; float[?] | data_format=NCHW
FusedBatchNormV3 | float[?,?,?,?]; float?; float[5]; float?; float[7] | data_format=NCHW
FusedBatchNormV3 | float[2,3,5]; float?; float?; float?; float? | data_format=NCHW
FusedBatchNormV3 | float?; float[1,2]; float?; float?; float? | data_format=NCHW
FusedBatchNormV3 | float?; float?; float?; float[2,1]; float? | data_format=NCHW
FusedBatchNormV3 | float[2,3,4,5]; float[4]; float?; float?; float? | data_format=NCHW
FusedBatchNormV3 | float?; float[3]; float[4]; float?; float? | data_format=NCHW
FusedBatchNormGradV3 | float?; float?; float?; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float[2,3,4,5]; float[2,3,4,5]; float?; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float[?,?,?,?]; float?; float[5]; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float?; float?; float?; float?; float[7]; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,?,6]; float?; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float[2,3,4,5]; float[?,3,1,5]; float?; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float[2,3,5]; float?; float?; float?; float?; float[1,2] | data_format=NCHW
FusedBatchNormGradV3 | float?; float?; float[1,2]; float?; float?; float[1,2] | data_format=NCHW
L2Loss | float[2,3] |
SoftmaxCrossEntropyWithLogits | float[2,3]; float[2,3] |
SoftmaxCrossEntropyWithLogits | float[2,?]; float[?,3] |
SoftmaxCrossEntropyWithLogits | float[2,3]; float[1,3] |
SoftmaxCrossEntropyWithLogits | float[2,3]; float[3] |
SoftmaxCrossEntropyWithLogits | float[2,3]; float[4,3] |
SoftmaxCrossEntropyWithLogits | float?; float[2,3] |
SoftmaxCrossEntropyWithLogits | float?; float? |
SoftmaxCrossEntropyWithLogits | float[3]; float[3] |
SoftmaxCrossEntropyWithLogits | float[3]; float? |
SparseSoftmaxCrossEntropyWithLogits | float[2,3]; int32[2] |
SparseSoftmaxCrossEntropyWithLogits | float[?,3]; int64[2] |
SparseSoftmaxCrossEntropyWithLogits | float[2,3]; int32[3] |
SparseSoftmaxCrossEntropyWithLogits | float[2,3]; int32[2,1] |
SparseSoftmaxCrossEntropyWithLogits | float?; int32? |
SparseSoftmaxCrossEntropyWithLogits | float[3]; int32[3] |
InTopK | float[2,3]; int32[2] | k=1
InTopK | float[2,3]; int32[3] | k=1
InTopK | float?; int32? | k=1
InTopKV2 | float[2,3]; int32[2]; int32[] |
InTopKV2 | float[?,3]; int64[2]; int64[]=1 |
TopKV2 | float[2,5]; int32[]=3 |
TopKV2 | float[2,5]; int32[] |
TopKV2 | float[2,5]; int32[]=6 |
TopKV2 | float?; int32[]=3 |
TopKV2 | float[]; int32[]=3 |
TopKV2 | float[2,5]; int32[1]=3 |
TopKV2 | float[2,5]; int32[]=-1 |
NthElement | float[2,5]; int32[]=3 |
NthElement | float[2,5]; int32[]=5 |
NthElement | float[2,5]; int32[] |
NthElement | float?; int32[]=3 |
'''
