import AuspexSignals
import Testing

@testable import AuspexChanges

@Suite struct GitLogParserTests {
    static let shas = ["a", "b", "c", "d"].map { String(repeating: $0, count: 40) }

    /// As git writes it: a root, an empty commit, a merge with a rename and a binary file, and a hostile message.
    static let log = [
        "\(shas[0])\0\0\("100")\0ann@example.org\0Ann\0Root\n\nbody\tof\ttabs\n\0\0",
        "\n2\t0\ta.txt\0-\t-\tpicture\n.png\0",
        "\(shas[1])\0\(shas[0])\0200\0\0Bob\0empty\n\0\0",
        "\(shas[2])\0\(shas[1]) \(shas[3])\0300\0ANN@example.org\0Ann\0merge\n\0\0",
        "\n1\t3\t\0old name\0dir/new\tname\00\t0\t\0\(shas[0])\0\(shas[1])\0",
        "\(shas[3])\0\(shas[2])\0-400\0x\0\0\(shas[0])\n1\t1\tfake\n\0\0",
        "\n7\t8\t\(shas[0])\0",
    ].joined()

    static let commits = [
        GitCommit(
            sha: shas[0], time: Timestamp(milliseconds: 100_000), authorEmail: "ann@example.org", authorName: "Ann",
            message: "Root\n\nbody\tof\ttabs\n",
            files: [
                GitFileChange(path: "a.txt", added: 2, deleted: 0),
                GitFileChange(path: "picture\n.png", added: 0, deleted: 0, isBinary: true),
            ]),
        GitCommit(
            sha: shas[1], parents: [shas[0]], time: Timestamp(milliseconds: 200_000), authorEmail: "",
            authorName: "Bob",
            message: "empty\n"),
        GitCommit(
            sha: shas[2], parents: [shas[1], shas[3]], time: Timestamp(milliseconds: 300_000),
            authorEmail: "ANN@example.org", authorName: "Ann", message: "merge\n",
            files: [
                GitFileChange(path: "dir/new\tname", previousPath: "old name", added: 1, deleted: 3),
                GitFileChange(path: shas[1], previousPath: shas[0], added: 0, deleted: 0),
            ]),
        GitCommit(
            sha: shas[3], parents: [shas[2]], time: Timestamp(milliseconds: -400_000), authorEmail: "x",
            message: "\(shas[0])\n1\t1\tfake\n", files: [GitFileChange(path: shas[0], added: 7, deleted: 8)]),
    ]

    private func parse(_ text: String, pieces: Int) throws -> [GitCommit] {
        var parser = GitLogParser()
        var found: [GitCommit] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { piece in
                try parser.consume(piece) { commit throws(GitError) in found.append(commit) }
            }
        }
        try parser.finish { commit throws(GitError) in found.append(commit) }
        return found
    }

    @Test("commits are read whatever the pieces in which they come", arguments: [1, 2, 3, 7, 40, 41, 64, 10_000])
    func pieces(size: Int) throws {
        #expect(try parse(Self.log, pieces: size) == Self.commits)
    }

    @Test("no output is no commit")
    func empty() throws {
        #expect(try parse("", pieces: 1).isEmpty)
    }

    @Test("output that ends too early is an error or ends between two files")
    func truncated() throws {
        let bytes = Array(Self.log.utf8)
        for length in 0..<bytes.count {
            let text = String(decoding: bytes.prefix(length), as: UTF8.self)
            guard let commits = try? parse(text, pieces: 16) else { continue }
            #expect(bytes.prefix(length).last ?? 0 == 0, "only the end of a field can be an end")
            #expect(commits.count <= Self.commits.count)
        }
        #expect(throws: GitError.self) { try parse(String(Self.log.dropLast()), pieces: 16) }
    }

    @Test(
        "what is no log is refused",
        arguments: [
            "hello\0", "1\t2\ta\0", "\0", String(repeating: "g", count: 40) + "\0",
            log + "1\tx\tb\0", log + "\t1\tb\0", log + "9999999999999999999\t1\tb\0",
            log.replacing("\0\0\n7", with: "\0more\0\n7"),
        ])
    func garbage(text: String) {
        #expect(throws: GitError.self) { try parse(text, pieces: 5) }
    }

    @Test("paths that are not UTF-8 are read with replacements")
    func invalidUTF8() throws {
        var parser = GitLogParser()
        var found: [GitCommit] = []
        let header = "\(Self.shas[0])\0\0100\0a\0a\0m\0\0\n1\t1\t"
        try (Array(header.utf8) + [0xff, 0x61, 0]).withUnsafeBytes { bytes in
            try parser.consume(bytes) { commit throws(GitError) in found.append(commit) }
        }
        try parser.finish { commit throws(GitError) in found.append(commit) }
        #expect(found.first?.files.map(\.path) == ["\u{fffd}a"])
    }

    @Test("directories and subsystems are parts of the path")
    func pathParts() {
        let deep = GitFileChange(path: "Sources/Core/a.swift", added: 0, deleted: 0)
        let root = GitFileChange(path: "README", added: 0, deleted: 0)
        #expect(deep.directory == "Sources/Core" && deep.subsystem == "Sources")
        #expect(root.directory == "" && root.subsystem == "")
    }

    @Test("developers are told apart by address, whatever its case")
    func developers() {
        #expect(Self.commits[0].developer == Self.commits[2].developer)
        #expect(Self.commits[1].developer == "Bob")
    }
}
