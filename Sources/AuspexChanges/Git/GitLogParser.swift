import AuspexSignals
import Foundation

/// Reads what `git log -z --numstat` writes, piece by piece as it arrives.
///
/// The format is six fields, each ended by NUL, an empty one where git ends the entry, and then for every file
/// `added TAB deleted TAB path NUL`, or `added TAB deleted TAB NUL old NUL new NUL` for a rename. The first file of a
/// commit is preceded by a line feed. A field that begins a commit is an object name, which never contains a TAB, so
/// that no path and no message can be taken for something else.
struct GitLogParser: Sendable {
    /// The `--format` whose output this type reads.
    static let format = "tformat:%H%x00%P%x00%ct%x00%aE%x00%aN%x00%B%x00"

    private enum Expectation: Sendable {
        /// A commit's object name or, once there is a commit, one of its files.
        case commitOrFile
        /// The header's field of this number, from 1.
        case header(Int)
        case endOfHeader
        case renamedFrom(added: Int, deleted: Int, isBinary: Bool)
        case renamedTo(previous: String, added: Int, deleted: Int, isBinary: Bool)
    }

    /// A single field longer than this (a commit message, a path) is not believable.
    private let longestField = 64 << 20
    private var expectation = Expectation.commitOrFile
    private var partial: [UInt8] = []
    private var commit: GitCommit?
    private var atFirstFile = false

    /// Takes the next piece of output; calls `found` for every commit that is complete.
    mutating func consume(
        _ bytes: UnsafeRawBufferPointer, found: (GitCommit) throws(GitError) -> Void
    ) throws(GitError) {
        var start = 0
        while start < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
            guard let base = rest.baseAddress, let end = memchr(base, 0, rest.count) else {
                partial.append(contentsOf: rest)
                guard partial.count <= longestField else { throw unexpected("a field of more than 64 MiB") }
                return
            }
            let length = UnsafeRawPointer(end) - base
            let field = UnsafeRawBufferPointer(rebasing: rest[..<length])
            if partial.isEmpty {
                try take(field, found)
            } else {
                partial.append(contentsOf: field)
                let whole = partial
                partial.removeAll(keepingCapacity: true)
                let outcome = whole.withUnsafeBytes { bytes -> Result<Void, GitError> in
                    do throws(GitError) { return .success(try take(bytes, found)) } catch { return .failure(error) }
                }
                try outcome.get()
            }
            start += length + 1
        }
    }

    /// Ends the output: hands out the last commit.
    mutating func finish(found: (GitCommit) throws(GitError) -> Void) throws(GitError) {
        guard partial.isEmpty, case .commitOrFile = expectation else {
            // The end of the last entry is written as NUL too, so nothing may be left over.
            throw unexpected("it ends in the middle of a commit")
        }
        if let commit { try found(commit) }
        commit = nil
    }

    private mutating func take(
        _ field: UnsafeRawBufferPointer, _ found: (GitCommit) throws(GitError) -> Void
    ) throws(GitError) {
        switch expectation {
        case .commitOrFile:
            try takeCommitOrFile(field, found)
        case .header(let number):
            try takeHeader(number, text(field))
        case .endOfHeader:
            guard field.isEmpty else { throw unexpected("no end after a commit's message") }
            expectation = .commitOrFile
            atFirstFile = true
        case .renamedFrom(let added, let deleted, let isBinary):
            expectation = .renamedTo(previous: text(field), added: added, deleted: deleted, isBinary: isBinary)
        case .renamedTo(let previous, let added, let deleted, let isBinary):
            let file = GitFileChange(
                path: text(field), previousPath: previous, added: added, deleted: deleted, isBinary: isBinary)
            commit?.files.append(file)
            expectation = .commitOrFile
        }
    }

    private mutating func takeCommitOrFile(
        _ field: UnsafeRawBufferPointer, _ found: (GitCommit) throws(GitError) -> Void
    ) throws(GitError) {
        var content = field
        if atFirstFile, content.first == UInt8(ascii: "\n") {
            content = UnsafeRawBufferPointer(rebasing: content[1...])
        }
        if commit != nil, let file = try file(content) {
            atFirstFile = false
            guard let file else { return }
            commit?.files.append(file)
            return
        }
        // Object names are 40 digits with SHA-1 and 64 with SHA-256.
        let name = text(field)
        guard name.utf8.count == 40 || name.utf8.count == 64, name.utf8.allSatisfy(isHexadecimal) else {
            throw unexpected("neither a commit nor a file")
        }
        if let commit { try found(commit) }
        commit = GitCommit(sha: name, time: Timestamp(milliseconds: 0), authorEmail: "", message: "")
        expectation = .header(1)
        atFirstFile = false
    }

    private mutating func takeHeader(_ number: Int, _ text: String) throws(GitError) {
        expectation = .header(number + 1)
        switch number {
        case 1: commit?.parents = text.split(separator: " ").map(String.init)
        case 2:
            // Years beyond the range of milliseconds do not occur; a damaged date must not stop everything.
            let (milliseconds, overflow) = (Int64(text) ?? 0).multipliedReportingOverflow(by: 1_000)
            commit?.time = Timestamp(milliseconds: overflow ? 0 : milliseconds)
        case 3: commit?.authorEmail = text
        case 4: commit?.authorName = text
        default:
            commit?.message = text
            expectation = .endOfHeader
        }
    }

    /// A file's change; `.some(nil)` when its paths follow because it was renamed; nil when this is no file.
    private mutating func file(_ field: UnsafeRawBufferPointer) throws(GitError) -> GitFileChange?? {
        guard let first = field.firstIndex(of: UInt8(ascii: "\t")),
            let second = field[(first + 1)...].firstIndex(of: UInt8(ascii: "\t"))
        else { return nil }
        let isBinary = first == 1 && field[0] == UInt8(ascii: "-")
        guard let added = count(field[..<first]), let deleted = count(field[(first + 1)..<second]) else {
            throw unexpected("a file without line counts")
        }
        let path = UnsafeRawBufferPointer(rebasing: field[(second + 1)...])
        if path.isEmpty {
            expectation = .renamedFrom(added: added, deleted: deleted, isBinary: isBinary)
            return .some(nil)
        }
        return GitFileChange(path: text(path), added: added, deleted: deleted, isBinary: isBinary)
    }

    private func count(_ digits: Slice<UnsafeRawBufferPointer>) -> Int? {
        if digits.count == 1, digits.first == UInt8(ascii: "-") { return 0 }
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private func isHexadecimal(_ digit: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(digit)
    }

    private func text(_ field: UnsafeRawBufferPointer) -> String { String(decoding: field, as: UTF8.self) }

    private func unexpected(_ reason: String) -> GitError { .unexpectedOutput(command: "log", reason: reason) }
}
