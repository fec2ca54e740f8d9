import AuspexSignals

/// What is known of a repository's files and developers at one point of its main line: the state that commits are
/// applied to, oldest first.
///
/// Memory: about 200 bytes a file that ever was, 24 bytes a developer's day.
struct ChangeHistory: Sendable {
    /// A file's past.
    struct File: Sendable {
        /// Its lines, as far as the commits so far tell.
        var lines = 0
        /// Number and time of the commit that changed it last; nil when that lies before a shallow clone's history.
        var lastChange: (commit: Int, time: Timestamp)?
        /// Who has changed it, in ascending order of their numbers.
        var developers: [Int32] = []
    }

    /// A developer's past, as counts: what is asked of it must not take longer with every commit.
    struct Developer: Sendable {
        /// The commits of one day.
        struct Day: Sendable {
            /// The day's number since 1970, in UTC.
            var number: Int64
            var commits = 0
            /// The milliseconds from the day's beginning to each of them, added up.
            var milliseconds: Int64 = 0
        }

        /// How many commits there are.
        var commits = 0
        /// The days on which they were made, in the order of the commits.
        var days: [Day] = []
        /// How many touched this set of subsystems.
        var commitsBySubsystems: [Set<String>: Int] = [:]

        /// Adds a commit.
        mutating func add(_ commit: GitCommit) {
            let (day, rest) = commit.time.milliseconds.quotientAndRemainder(dividingBy: millisecondsPerDay)
            if days.last?.number != day { days.append(Day(number: day)) }
            days[days.count - 1].commits += 1
            days[days.count - 1].milliseconds += rest
            commits += 1
            commitsBySubsystems[Set(commit.files.map(\.subsystem)), default: 0] += 1
        }
    }

    static let millisecondsPerDay: Int64 = 86_400_000

    var files: [String: File] = [:]
    /// The numbers of developers, and who they are in the order of these.
    var numbers: [String: Int32] = [:]
    var developers: [Developer] = []
    /// How many commits were applied.
    var commitCount = 0

    /// The past of `developer`, nil for somebody new.
    func past(of developer: String) -> Developer? {
        numbers[developer].map { developers[Int($0)] }
    }

    /// Adds a commit to the past.
    mutating func apply(_ commit: GitCommit) {
        let number = number(of: commit.developer)
        // All old paths are taken before any new one is set, or two files that trade names would lose one's past.
        let renamed = commit.files.map { file in file.previousPath.flatMap { files.removeValue(forKey: $0) } }
        for (file, moved) in zip(commit.files, renamed) {
            var state = moved ?? files[file.path] ?? File()
            state.lines = max(0, state.lines + file.added - file.deleted)
            state.lastChange = (commitCount, commit.time)
            if let position = Self.place(of: number, in: state.developers) {
                state.developers.insert(number, at: position)
            }
            files[file.path] = state
        }
        developers[Int(number)].add(commit)
        commitCount += 1
    }

    /// Takes the oldest commit of a shallow clone for what it is: the sum of everything before, by unknown hands.
    mutating func applySnapshot(_ commit: GitCommit) {
        for file in commit.files { files[file.path] = File(lines: file.added) }
    }

    private mutating func number(of developer: String) -> Int32 {
        if let known = numbers[developer] { return known }
        let number = Int32(developers.count)
        numbers[developer] = number
        developers.append(Developer())
        return number
    }

    /// Where `number` belongs in the ascending `list`; nil when it is there already.
    private static func place(of number: Int32, in list: [Int32]) -> Int? {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle] == number { return nil }
            if list[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
