/// Goes through commits, oldest first.
protocol CommitWalk: Sendable {
    /// Takes the next commit.
    mutating func take(_ commit: GitCommit)
}

/// The output of `git log`, parsed and walked through as it comes.
struct WalkedLog<Walk: CommitWalk>: GitOutput {
    let limit: Int
    private(set) var walk: Walk
    private var bytes = 0
    private var parser = GitLogParser()

    /// - Parameters:
    ///   - limit: How many bytes git may write.
    ///   - walk: What goes through the commits.
    init(limit: Int, walk: Walk) {
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
