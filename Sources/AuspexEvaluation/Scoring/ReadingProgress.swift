/// How far the reading of a large file has come.
public struct ReadingProgress: Hashable, Sendable {
    /// What a file that is scored row by row is read for.
    public enum Purpose: Hashable, Sendable {
        /// To score its rows.
        case scoring
        /// Once more, to write them.
        case writing
    }

    /// The file, as the user named it.
    public var file: String
    /// What it is read for.
    public var purpose: Purpose
    /// How many rows were read, those of all series.
    public var rows: Int
    /// How many bytes of text were read.
    public var bytes: Int
    /// About how many bytes of text there are, at least 1.
    public var totalBytes: Int

    /// What part of both readings is done, from 0 to 1.
    public var fraction: Double {
        let own = min(1, Double(bytes) / Double(totalBytes))
        return purpose == .scoring ? own / 2 : 0.5 + own / 2
    }
}

extension ReadingProgress: CustomStringConvertible {
    /// `metrics.csv: scoring, 1250000 rows, 1.2 GiB of 3.4 GiB`
    public var description: String {
        let verb = purpose == .scoring ? "scoring" : "writing"
        let read = "\(MemoryAllowance.text(bytes)) of \(MemoryAllowance.text(totalBytes))"
        return "\(file): \(verb), \(rows) rows, \(read)"
    }
}
