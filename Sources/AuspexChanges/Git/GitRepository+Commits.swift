package import AuspexSignals

extension GitRepository {
    /// When the oldest commit of a range was committed, and how many commits it has, those of merged branches included; of a
    /// single revision that commit's time and 1.
    package func commits(in range: GitRange) async throws(GitError) -> (oldest: Timestamp, count: Int) {
        let resolved = try await resolve(range)
        let revisions = resolved.from.map { [resolved.to, "^" + $0] } ?? ["--max-count=1", resolved.to]
        guard let text = try await shortAnswer(["rev-list", "--timestamp"] + revisions + ["--"]) else {
            throw .unexpectedOutput(command: "rev-list", reason: "\(range) has too many commits to be listed")
        }
        // A line is the time in seconds and the commit's name.
        let times = text.split(separator: "\n").compactMap { $0.split(separator: " ").first.flatMap { Int64($0) } }
        guard let oldest = times.min() else { throw .emptyRange(range.description) }
        return (Timestamp(milliseconds: 0) + .seconds(clamping: oldest), times.count)
    }
}

extension TimeSpan {
    /// A span of seconds, as long as there can be one.
    fileprivate static func seconds(clamping count: Int64) -> TimeSpan {
        let product = count.multipliedReportingOverflow(by: 1_000)
        return TimeSpan(milliseconds: product.overflow ? (count < 0 ? .min : .max) : product.partialValue)
    }
}
