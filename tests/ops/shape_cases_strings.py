"""The cases of shapes.tsv of strings, as in shape_cases.py."""

TABLE = '''
RegexFullMatch | string[2,?]; string[] |
RegexFullMatch | string?; string? |
RegexFullMatch | string[2]; string[1] |
RegexReplace | string[2,?]; string[]; string[] |
RegexReplace | string?; string?; string? |
RegexReplace | string[2]; string[1]; string[] |
RegexReplace | string[2]; string[]; string[1] |
StaticRegexFullMatch | string[2,?] | pattern=a
StaticRegexReplace | string? | pattern=a rewrite=b
StringNGrams | string[5]; int64[3] | separator=, ngram_widths=[2] left_pad=a right_pad=b pad_width=0 preserve_short_sequences=false
StringNGrams | string?; int32? | separator=, ngram_widths=[2] left_pad=a right_pad=b pad_width=0 preserve_short_sequences=false
StringNGrams | string[5,1]; int64[3] | separator=, ngram_widths=[2] left_pad=a right_pad=b pad_width=0 preserve_short_sequences=false
UnsortedSegmentJoin | string[4,2]; int32[4]; int32[]=3 |
UnsortedSegmentJoin | string[4,2]; int32[3]; int32[]=3 |
UnsortedSegmentJoin | string?; int32?; int32[] |
UnicodeScript | int32[2,?] |
UnicodeTranscode | string[2,?] | input_encoding=UTF-8 output_encoding=UTF-8
UnicodeDecode | string[2,3] | input_encoding=UTF-8
UnicodeDecode | string[2,?] | input_encoding=UTF-8
UnicodeDecode | string? | input_encoding=UTF-8
UnicodeDecodeWithOffsets | string[] | input_encoding=UTF-8
UnicodeDecodeWithOffsets | string[0,?] | input_encoding=UTF-8
UnicodeEncode | int32[5]; int64[3] | output_encoding=UTF-8
UnicodeEncode | int32?; int64? | output_encoding=UTF-8
UnicodeEncode | int32[5]; int64[0] | output_encoding=UTF-8
UnicodeEncode | int32[5,1]; int64[3] | output_encoding=UTF-8
StringToHashBucket | string[2,?] | num_buckets=3
StringToHashBucketFast | string[2,?] | num_buckets=3
StringToHashBucketStrong | string? | num_buckets=3 key=[1,2]
StringJoin | (string[2]; string[]) |
StringJoin | (string[]; string[]) |
StringJoin | (string[2]; string[3]) |
StringJoin | (string?; string[]) |
StringJoin | (string?; string[2]) |
AsString | float[2,?] |
StringLength | string[2] |
StringSplit | string[2]; string[] |
StringSplit | string[2]; string[2] |
StringSplit | string[]; string[] |
StringSplitV2 | string?; string[] |
StringToNumber | string[2,?] |
Substr | string[2,3]; int32[]; int32[] |
Substr | string[2,3]; int32[2,3]; int32[2,3] |
Substr | string[2,3]; int32[3]; int32[3] |
Substr | string[2,3]; int32[3]; int32[2] |
Substr | string[2,3]; int32[3]; int32[] |
Substr | string?; int32[3]; int32[3] |
Substr | string[2]; int32?; int32[2] |
ReduceJoin | string[2,3]; int32[]=1 |
ReduceJoin | string[2,3]; int32[2]=1,0 | keep_dims=true
ReduceJoin | string[2,3]; int32[1]=4 |
StringFormat | (float[2]; string[]) | template=a%sb%s
StringFormat | (float[2]; string[]) | template=a%s
DecodeRaw | string[2] | out_type=float
DecodeRaw | string? | out_type=float
EncodeBase64 | string[2] |
StringLower | string[2,?] |
StringUpper | string[2,?] |
StringStrip | string[2,?] |
DecodeBase64 | string[2,?] |
DecodePaddedRaw | string[2]; int32[]=8 | out_type=float
DecodePaddedRaw | string[2]; int32[]=7 | out_type=float
DecodePaddedRaw | string[2]; int32? | out_type=float
'''
