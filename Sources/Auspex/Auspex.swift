// The library: everything that a program needs to score data sets and streams, and to add detectors of its own.
@_exported public import AuspexDetection
@_exported public import AuspexEvaluation
@_exported public import AuspexLogs
@_exported public import AuspexSignals
