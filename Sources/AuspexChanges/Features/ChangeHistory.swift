import AuspexSignals

/// What is known of a repository's files and developers at one point of its main line: the state that commits are
/// applied to, oldest first.
///
/// Memory: about 200 bytes a file that ever was, 20 bytes a commit.
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

    /// A developer's past.
    struct Developer: Sendable {
        /// When each of the commits was made, in order.
        var times: [Timestamp] = []
        /// Which of them, by their positions in ``times``, touched a subsystem.
        var commitsBySubsystem: [String: [Int32]] = [:]
    }

    private(set) var files: [String: File] = [:]
    private var numbers: [String: Int32] = [:]
    private var developers: [Developer] = []
    private var commitCount = 0

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
        let position = Int32(developers[Int(number)].times.count)
        developers[Int(number)].times.append(commit.time)
        for subsystem in Set(commit.files.map(\.subsystem)) {
            developers[Int(number)].commitsBySubsystem[subsystem, default: []].append(position)
        }
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
