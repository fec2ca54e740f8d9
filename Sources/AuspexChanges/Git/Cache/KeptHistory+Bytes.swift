import AuspexSignals
import Foundation

/// The form in which a history is kept in a file: a line that names it and its version, the content, and a checksum.
extension KeptHistory {
    private static let heading = [UInt8]("auspex-history 1\n".utf8)
    private static let checksumBytes = 8
    /// A larger file is not believed, and none is written.
    static let mostBytes = 256 << 20

    /// The bytes of the file.
    var bytes: [UInt8] {
        var writer = HistoryWriter()
        writer.write(edge ?? "")
        writer.write(baseCount)
        base.write(to: &writer)
        writer.write(commits.count)
        for commit in commits { commit.write(to: &writer) }
        return Self.heading + writer.bytes + Self.checksum(writer.bytes)
    }

    /// Reads the bytes of a file.
    init(bytes: [UInt8]) throws(HistoryReader.Damaged) {
        let end = bytes.count - Self.checksumBytes
        guard end >= Self.heading.count, bytes.starts(with: Self.heading),
            Self.checksum(bytes[Self.heading.count..<end]).elementsEqual(bytes[end...])
        else { throw HistoryReader.Damaged() }
        var reader = HistoryReader(bytes, from: Self.heading.count, to: end)
        let edge = try reader.text()
        self.edge = edge.isEmpty ? nil : edge
        baseCount = try reader.integer()
        base = try ChangeHistory(from: &reader)
        for _ in 0..<(try reader.count()) { commits.append(try GitCommit(from: &reader)) }
        guard reader.isAtEnd, !commits.isEmpty else { throw HistoryReader.Damaged() }
    }

    /// Tells a file that was cut short or damaged, not one that somebody has forged.
    private static func checksum(_ content: some Sequence<UInt8>) -> [UInt8] {
        var hash = StableHash()
        hash.combine(content)
        return (0..<checksumBytes).map { UInt8(truncatingIfNeeded: hash.value >> (8 * UInt64($0))) }
    }
}

extension GitCommit {
    fileprivate func write(to writer: inout HistoryWriter) {
        writer.write(sha)
        writer.write(parents.count)
        for parent in parents { writer.write(parent) }
        writer.write(signed: time.milliseconds)
        writer.write(authorEmail)
        writer.write(authorName)
        writer.write(message)
        writer.write(isFix ? 1 : 0)
        writer.write(files.count)
        for file in files {
            writer.write(file.path)
            writer.write(file.previousPath == nil ? 0 : 1)
            if let previous = file.previousPath { writer.write(previous) }
            writer.write(file.added)
            writer.write(file.deleted)
            writer.write(file.isBinary ? 1 : 0)
        }
    }

    fileprivate init(from reader: inout HistoryReader) throws(HistoryReader.Damaged) {
        let sha = try reader.text()
        var parents: [String] = []
        for _ in 0..<(try reader.count()) { parents.append(try reader.text()) }
        let time = Timestamp(milliseconds: try reader.signed())
        let (email, name, message) = (try reader.text(), try reader.text(), try reader.text())
        let isFix = try reader.number() != 0
        var files: [GitFileChange] = []
        for _ in 0..<(try reader.count()) {
            let path = try reader.text()
            let previous = try reader.number() != 0 ? reader.text() : nil
            let (added, deleted) = (try reader.integer(), try reader.integer())
            files.append(
                GitFileChange(
                    path: path, previousPath: previous, added: added, deleted: deleted,
                    isBinary: try reader.number() != 0))
        }
        self.init(
            sha: sha, parents: parents, time: time, authorEmail: email, authorName: name, message: message,
            files: files)
        isKnownFix = isFix
    }
}

extension ChangeHistory {
    fileprivate func write(to writer: inout HistoryWriter) {
        writer.write(commitCount)
        writer.write(developers.count)
        let names = numbers.sorted { $0.value < $1.value }.map(\.key)
        for (name, developer) in zip(names, developers) {
            writer.write(name)
            developer.write(to: &writer)
        }
        writer.write(files.count)
        for (path, file) in files.sorted(by: { $0.key < $1.key }) {
            writer.write(path)
            writer.write(file.lines)
            writer.write(file.lastChange == nil ? 0 : 1)
            if let (commit, time) = file.lastChange {
                writer.write(commit)
                writer.write(signed: time.milliseconds)
            }
            writer.write(file.developers.count)
            for developer in file.developers { writer.write(Int(developer)) }
        }
    }

    fileprivate init(from reader: inout HistoryReader) throws(HistoryReader.Damaged) {
        commitCount = try reader.integer()
        for number in 0..<(try reader.count()) {
            numbers[try reader.text()] = Int32(clamping: number)
            developers.append(try Developer(from: &reader))
        }
        guard numbers.count == developers.count else { throw HistoryReader.Damaged() }
        for _ in 0..<(try reader.count()) {
            let path = try reader.text()
            var file = File()
            file.lines = try reader.integer()
            if try reader.number() != 0 {
                file.lastChange = (try reader.integer(), Timestamp(milliseconds: try reader.signed()))
            }
            for _ in 0..<(try reader.count()) {
                let developer = try reader.integer()
                guard developer < developers.count else { throw HistoryReader.Damaged() }
                file.developers.append(Int32(developer))
            }
            files[path] = file
        }
    }
}

extension ChangeHistory.Developer {
    fileprivate func write(to writer: inout HistoryWriter) {
        writer.write(commits)
        writer.write(days.count)
        for day in days {
            writer.write(signed: day.number)
            writer.write(day.commits)
            writer.write(signed: day.milliseconds)
        }
        writer.write(commitsBySubsystems.count)
        let bySubsystems = commitsBySubsystems.map { (names: $0.key.sorted(), commits: $0.value) }
        for (names, commits) in bySubsystems.sorted(by: { $0.names.lexicographicallyPrecedes($1.names) }) {
            writer.write(names.count)
            for name in names { writer.write(name) }
            writer.write(commits)
        }
    }

    fileprivate init(from reader: inout HistoryReader) throws(HistoryReader.Damaged) {
        commits = try reader.integer()
        for _ in 0..<(try reader.count()) {
            var day = Day(number: try reader.signed())
            day.commits = try reader.integer()
            day.milliseconds = try reader.signed()
            let most = Int64(day.commits).multipliedReportingOverflow(by: ChangeHistory.millisecondsPerDay)
            // Before 1970 the rest of a day is negative.
            guard day.commits > 0, !most.overflow, day.milliseconds.magnitude <= most.partialValue.magnitude else {
                throw HistoryReader.Damaged()
            }
            days.append(day)
        }
        for _ in 0..<(try reader.count()) {
            var names: Set<String> = []
            for _ in 0..<(try reader.count()) { names.insert(try reader.text()) }
            commitsBySubsystems[names] = try reader.integer()
        }
    }
}
