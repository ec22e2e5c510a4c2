"""The cases of shapes.tsv of random numbers, as in shape_cases.py."""

TABLE = '''
RandomUniform | int32[2]=2,3 | dtype=float
RandomUniform | int32[2] | dtype=float
RandomUniform | int32? | dtype=float
RandomUniform | int32<2,?> | dtype=float
RandomUniform | int32[]=2 | dtype=float
RandomStandardNormal | int64[2]=2,3 | dtype=double
TruncatedNormal | int32[0]= | dtype=float
RandomUniform | int32[1]=-2 | dtype=float
RandomUniformInt | int32[2]=2,3; int32[]; int32[] |
RandomUniformInt | int32[2]=2,3; int32[1]; int32[] |
RandomShuffle | float[2,?] |
StatelessRandomUniform | int32[2]=2,3; int64[2] | dtype=float
StatelessRandomUniform | int32<2,?>; int32[?] | dtype=half
StatelessRandomUniform | int32[2]; int64? | dtype=float
StatelessRandomUniform | int32[2]=2,3; int64[3] | dtype=float
StatelessRandomUniform | int32[2]=2,3; int64[] | dtype=float
StatelessRandomUniform | int32[]=2; int64[2] | dtype=float
StatelessRandomNormal | int32[2]=2,3; int64[2] | dtype=double
StatelessTruncatedNormal | int32[2]=2,3; int64[2] | dtype=bfloat16
StatelessRandomUniformInt | int32[2]=2,3; int64[2]; int32[]; int32[] |
StatelessRandomUniformInt | int32[2]=2,3; int64[2]; int32[]; int32[1] |
StatelessMultinomial | float[2,3]; int32[]=4; int64[2] |
StatelessMultinomial | float[?,3]; int32[]; int32[?] |
StatelessMultinomial | float[2,3]; int32[]=4; int64[1] |
StatelessMultinomial | float[3]; int32[]=4; int64[2] |
RandomGamma | int32[2]=2,3; float[4,?] |
RandomGamma | int32[2]; float[4] |
RandomGamma | int32?; float[4] |
RandomGamma | int32[]=2; float[4] |
RandomGamma | int32<2,?>; float[] |
RandomGamma | int32[2]=2,3; float? |
RandomGammaGrad | float[2,1]; float[1,3] |
RandomGammaGrad | float[2]; float[3] |
RandomPoissonV2 | int32[1]=2; double[4] | dtype=int64
RandomPoissonV2 | int32[]; double[4] | dtype=int64
NonDeterministicInts | int64[2]=2,3 | dtype=int64
NonDeterministicInts | int64? | dtype=int64
Multinomial | float[2,3]; int32[]=4 |
Multinomial | float[2,3]; int32[] |
Multinomial | float?; int32[]=4 |
Multinomial | float[3]; int32[]=4 |
'''
