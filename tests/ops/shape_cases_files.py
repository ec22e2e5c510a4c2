"""The cases of shapes.tsv of files, readers and summaries, as in shape_cases.py."""

TABLE = '''
ReadFile | string[] |
ReadFile | string[1] |
WriteFile | string[]; string[] |
WriteFile | string[]; string[1] |
MatchingFiles | string[] |
MatchingFiles | string[2] |
MatchingFiles | string[2,1] |
ShardedFilename | string[]; int32[]; int32[] |
ShardedFilename | string[1]; int32[]; int32[] |
ShardedFilespec | string?; int32[] |
MergeV2Checkpoints | string[2]; string[] |
MergeV2Checkpoints | string[]; string[] |
SaveV2 | string[]; string[2]; string[2]; (float[2]; int32[]) |
SaveV2 | string[]; string[1]; string[2]; (float[2]; int32[]) |
SaveV2 | string[]; string?; string[2]; (float[2]; int32[]) |
SaveV2 | string[1]; string[2]; string[2]; (float[2]; int32[]) |
Save | string[]; string[2]; (float[2]; int32[]) |
Save | string[]; string[1]; (float[2]; int32[]) |
Save | string[1]; string[2]; (float[2]; int32[]) |
SaveSlices | string[]; string[2]; string[2]; (float[2]; int32[]) |
SaveSlices | string[]; string[1]; string[2]; (float[2]; int32[]) |
SaveSlices | string[]; string[2]; string[1]; (float[2]; int32[]) |
SaveSlices | string[1]; string[2]; string[2]; (float[2]; int32[]) |
Restore | string[]; string[] | dt=float
Restore | string[1]; string[] | dt=float
Restore | string[]; string[1] | dt=float
RestoreSlice | string[]; string[]; string[] | dt=float
RestoreSlice | string[]; string[]; string[]=4 5 -:1,3 | dt=float
RestoreSlice | string[]; string[]; string[]=4 5 bad | dt=float
RestoreSlice | string[]; string[]; string[1] | dt=float
RestoreSlice | string?; string[]; string? | dt=float
RestoreV2 | string[]; string[2]; string[2] | dtypes=[float,int32]
RestoreV2 | string[]; string[2]; string[2]=|4 5 0,2:- | dtypes=[float,int32]
RestoreV2 | string[]; string[1]; string[1]=4 5 -:1,3 | dtypes=[float]
RestoreV2 | string[]; string[1]; string[1]=4 5 bad | dtypes=[float]
RestoreV2 | string[]; string[2]; string[1] | dtypes=[float,int32]
RestoreV2 | string[1]; string[2]; string[2] | dtypes=[float,int32]
ScalarSummary | string[]; float[] |
ScalarSummary | string[2]; float[2] |
HistogramSummary | string[]; float[5] |
ImageSummary | string[]; float[2,4,4,1] |
AudioSummaryV2 | string[]; float[2,4]; float[] |
TensorSummary | float[5] |
TensorSummaryV2 | string[]; float[5]; string[] |
MergeSummary | (string[]; string[]) |
MergeSummary | (string[2]; string?) |
Print | float[2,?]; (float[2]; int32?) |
PrintV2 | string[] |
PrintV2 | string[2] |
Assert | bool[]; (float[2]; string[]) |
Assert | bool[2]; (float[2]) |
ReaderReadV2 | resource[]; resource[] |
ReaderReadV2 | resource?; resource[] |
ReaderReadV2 | resource[2]; resource[] |
ReaderReadUpToV2 | resource[]; resource[]; int64[] |
ReaderReadUpToV2 | resource[]; resource[]; int64[2] |
ReaderNumRecordsProducedV2 | resource[] |
ReaderSerializeStateV2 | resource? |
ReaderRestoreStateV2 | resource[]; string[] |
ReaderRestoreStateV2 | resource[]; string[2] |
TextLineReaderV2 ||
WholeFileReader ||
Timestamp || 
'''
