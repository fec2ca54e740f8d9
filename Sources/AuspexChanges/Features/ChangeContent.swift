package import AuspexSignals

/// What a change consists of besides its measures: which kinds of files, how many commits, and when it was made.
package struct ChangeContent: Hashable, Sendable, Codable {
    /// How many commits of the main line it brings, at least 0.
    package var commits: Int
    /// How many files of each kind it touches; kinds that it does not touch are left out. A file that is renamed counts
    /// under its new path, one that several commits touch counts once.
    package var files: [FileKind: Int]
    /// When its newest commit was made; nil when unknown.
    package var committedAt: Timestamp?
    /// When its oldest commit was made; nil when unknown.
    package var oldestAt: Timestamp?

    /// Creates a content.
    package init(
        commits: Int = 0, files: [FileKind: Int] = [:], committedAt: Timestamp? = nil, oldestAt: Timestamp? = nil
    ) {
        self.commits = commits
        self.files = files
        self.committedAt = committedAt
        self.oldestAt = oldestAt
    }

    /// How many files of a kind it touches.
    package func count(_ kind: FileKind) -> Int { files[kind] ?? 0 }

    /// Whether it touches the program or its schema, and no test.
    package var lacksTests: Bool {
        count(.test) == 0 && [.source, .migration].contains { count($0) > 0 }
    }

    private enum CodingKeys: String, CodingKey {
        case commits, files, tests, hour, weekday
        case committedAt = "committed_at"
        case oldestAt = "oldest_commit_at"
    }

    /// Reads a content and refuses one that cannot be. `tests`, `hour` and `weekday` follow from the rest and are not read.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        commits = try container.decodeIfPresent(Int.self, forKey: .commits) ?? 0
        files = try container.decodeIfPresent([FileKind: Int].self, forKey: .files) ?? [:]
        committedAt = try container.decodeIfPresent(Timestamp.self, forKey: .committedAt)
        oldestAt = try container.decodeIfPresent(Timestamp.self, forKey: .oldestAt)
        if commits < 0 {
            throw DecodingError.dataCorruptedError(
                forKey: .commits, in: container, debugDescription: "expected a number of at least 0")
        }
        if files.values.contains(where: { $0 < 0 }) {
            throw DecodingError.dataCorruptedError(
                forKey: .files, in: container, debugDescription: "expected numbers of at least 0")
        }
    }

    /// Writes all members; hour and weekday are those of the newest commit in UTC.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(commits, forKey: .commits)
        try container.encode(files, forKey: .files)
        try container.encode(count(.test) > 0, forKey: .tests)
        try container.encode(committedAt, forKey: .committedAt)
        try container.encode(oldestAt, forKey: .oldestAt)
        try container.encode(committedAt.map(ClockTime.init)?.hour, forKey: .hour)
        try container.encode(committedAt.map(ClockTime.init)?.weekday, forKey: .weekday)
    }
}

extension ChangeContent {
    /// The content of consecutive commits, oldest first.
    init(_ commits: [GitCommit]) {
        var paths: Set<String> = []
        for commit in commits {
            for file in commit.files {
                if let previous = file.previousPath { paths.remove(previous) }
            }
            for file in commit.files { paths.insert(file.path) }
        }
        var files: [FileKind: Int] = [:]
        for path in paths { files[FileKind(path: path), default: 0] += 1 }
        self.init(
            commits: commits.count, files: files, committedAt: commits.last?.time,
            oldestAt: commits.map(\.time).min())
    }
}
