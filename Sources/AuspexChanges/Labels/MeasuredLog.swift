/// The output of `git log`, parsed and measured as it comes.
struct MeasuredLog: GitOutput {
    let limit: Int
    private(set) var walk: MeasuredWalk
    private var bytes = 0
    private var parser = GitLogParser()

    /// - Parameter limit: How many bytes git may write.
    init(limit: Int, walk: MeasuredWalk) {
        self.limit = limit
        self.walk = walk
    }

    mutating func consume(_ piece: UnsafeRawBufferPointer) throws(GitError) {
        bytes += piece.count
        guard bytes <= limit else { throw .outputTooLarge(command: "log", limit: limit) }
        try parser.consume(piece) { commit throws(GitError) in walk.take(commit) }
    }

    mutating func finish() throws(GitError) {
        try parser.finish { commit throws(GitError) in walk.take(commit) }
    }
}
