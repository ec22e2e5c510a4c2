"""The cases of shapes.tsv of sequences, sounds and patches, as in shape_cases.py."""

WINDOW = 'ksizes=[1,2,3,1] strides=[1,2,1,1] rates=[1,1,2,1]'
VOLUME = 'ksizes=[1,2,3,1,1] strides=[1,2,1,1,1]'
FRACTIONS = 'pooling_ratio=[1.0,1.5,2.5,1.0]'
TABLE = f'''
ExtractImagePatches | float[2,5,6,3] | {WINDOW} padding=VALID
ExtractImagePatches | float[2,5,6,3] | {WINDOW} padding=SAME
ExtractImagePatches | float[?,5,?,3] | {WINDOW} padding=SAME
ExtractImagePatches | float[2,5,6,?] | {WINDOW} padding=SAME
ExtractImagePatches | float? | {WINDOW} padding=SAME
ExtractImagePatches | float[5,6,3] | {WINDOW} padding=SAME
ExtractImagePatches | float[2,1,6,3] | {WINDOW} padding=VALID
ExtractVolumePatches | float[2,5,6,3,1] | {VOLUME} padding=VALID
ExtractVolumePatches | float[2,5,6,3,?] | {VOLUME} padding=SAME
ExtractVolumePatches | float[2,5,?,3,2] | {VOLUME} padding=SAME
ExtractVolumePatches | float[2,5,6,3] | {VOLUME} padding=SAME
FractionalMaxPool | float[2,7,9,3] | {FRACTIONS}
FractionalMaxPool | float[?,7,?,3] | {FRACTIONS}
FractionalAvgPool | float? | {FRACTIONS}
FractionalAvgPool | float[2,7,9] | {FRACTIONS}
FractionalMaxPoolGrad | float[2,7,?,3]; float[2,4,3,3]; float[2,4,3,3]; int64[5]; int64[4] |
FractionalMaxPoolGrad | float[2,7]; float[2,4,3,3]; float[2,4,3,3]; int64[5]; int64[4] |
FractionalAvgPoolGrad | int64[4]=2,7,9,3; float[2,4,3,3]; int64[5]; int64[4] |
FractionalAvgPoolGrad | int64[4]; float[2,4,3,3]; int64[5]; int64[4] |
FakeQuantWithMinMaxArgs | float[2,?] |
FakeQuantWithMinMaxArgsGradient | float[2,?]; float[?,3] |
FakeQuantWithMinMaxVars | float[2,?]; float[]; float[] |
FakeQuantWithMinMaxVars | float[2,?]; float[1]; float[] |
FakeQuantWithMinMaxVarsGradient | float[2,?]; float[?,3]; float[]; float[] |
FakeQuantWithMinMaxVarsGradient | float[2]; float[3]; float[]; float[] |
FakeQuantWithMinMaxVarsPerChannel | float[2,?]; float[4]; float[?] |
FakeQuantWithMinMaxVarsPerChannel | float[2,3]; float[4]; float[4] |
FakeQuantWithMinMaxVarsPerChannel | float[]; float[4]; float[4] |
FakeQuantWithMinMaxVarsPerChannelGradient | float[2,?]; float[?,4]; float[?]; float[4] |
FakeQuantWithMinMaxVarsPerChannelGradient | float[2,3]; float[2,3]; float[?]; float[4] |
FakeQuantWithMinMaxVarsPerChannelGradient | float?; float?; float[?]; float[4] |
EditDistance | int64[3,2]; string[3]; int64[2]=2,5; int64[4,2]; string[4]; int64[2]=3,4 |
EditDistance | int64[3,2]; string[3]; int64[2]; int64[4,2]; string[4]; int64[2]=3,4 |
EditDistance | int64[3,2]; string[3]; int64[2]=2,5; int64[4,3]; string[4]; int64[3]=3,4,5 |
CTCLoss | float[7,2,5]; int64[3,2]; int32[3]; int32[2] |
CTCLoss | float[7,?,5]; int64[?,2]; int32[3]; int32[2] |
CTCLoss | float?; int64?; int32?; int32? |
CTCLoss | float[7,2,5]; int64[3,2]; int32[4]; int32[2] |
CTCLoss | float[7,2,5]; int64[3,2]; int32[3]; int32[3] |
CTCGreedyDecoder | float[7,2,5]; int32[2] |
CTCGreedyDecoder | float[7,?,5]; int32[2] |
CTCGreedyDecoder | float[7,2,5]; int32[3] |
CTCGreedyDecoder | float[7,2]; int32[2] |
CTCBeamSearchDecoder | float[7,2,5]; int32[?] | beam_width=5 top_paths=3
CTCBeamSearchDecoder | float?; int32? | beam_width=5 top_paths=1
DecodeWav | string[] |
DecodeWav | string[] | desired_channels=2 desired_samples=100
DecodeWav | string[] | desired_channels=-2
DecodeWav | string[1] |
EncodeWav | float[5,2]; int32[] |
EncodeWav | float[5]; int32[] |
EncodeWav | float[5,2]; int32[1] |
AudioSpectrogram | float[100,2] | window_size=20 stride=7
AudioSpectrogram | float[?,2] | window_size=16 stride=7
AudioSpectrogram | float[10,?] | window_size=20 stride=7
AudioSpectrogram | float[100] | window_size=20 stride=7
Mfcc | float[2,5,33]; int32[] |
Mfcc | float[2,?,33]; int32[] | dct_coefficient_count=4
Mfcc | float[2,5]; int32[] |
Mfcc | float[2,5,33]; int32[1] |
'''


def lines():
    yield from TABLE.strip().split('\n')
