import AuspexDetection
import AuspexTesting
import Foundation
import Testing

@testable import AuspexExternal

@Suite("The input of a program", .serialized, .timeLimit(.minutes(2))) struct InputFileTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func isClosedInPrograms(_ descriptor: Int32) -> Bool { fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0 }

    private func links(_ descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_nlink) : -1
    }

    @Test("a file without a name is closed in other programs, and leaves nothing behind")
    func unnamed() throws {
        // A file system may have none such; then the other way is taken.
        guard let descriptor = InputFile.unnamed(in: folder.path) else { return }
        defer { close(descriptor) }
        #expect(isClosedInPrograms(descriptor) && links(descriptor) == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        #expect(InputFile.unnamed(in: folder.path + "/none") == nil)
    }

    @Test("where there is none, a file loses its name at once, and what has such a name stays as it is")
    func unlinked() throws {
        let taken = try folder.file("auspex-input-\(getpid())-0", "mine")
        let other = try folder.file("other", "also mine")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/auspex-input-\(getpid())-1", withDestinationPath: other)
        let descriptor = try InputFile.unlinked(in: folder.path)
        defer { close(descriptor) }
        #expect(isClosedInPrograms(descriptor) && links(descriptor) == 0)
        #expect(write(descriptor, "rows", 4) == 4)
        #expect(try String(contentsOfFile: taken, encoding: .utf8) == "mine")
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "also mine")
        let failure = #expect(throws: ProgramFailure.self) { try InputFile.unlinked(in: folder.path + "/none") }
        #expect(failure == .input(reason: "No such file or directory"))
    }

    @Test("programs that run at the same time see no more than one that runs alone")
    func concurrent() async throws {
        // How many files without a name it sees: its own input, and what we were given by whoever started us.
        let script = try folder.file(
            "detector", "count=$(ls -l /proc/$$/fd | grep -c deleted)\nyes \"{\\\"score\\\":$count}\" | head -n 3")
        var registry = DetectorRegistry()
        try registry.registerPrograms()
        let detector = try registry.makeBatch("exec:/bin/sh '\(script)'")
        let table = try Table(columns: [[1, 2, 3]])
        let model = try detector.fit(table, training: nil)
        let alone = try model.scores(table).scores
        #expect(alone[0] >= 1)
        let scores = try await withThrowingTaskGroup(of: [Double].self) { group in
            for _ in 0..<24 { group.addTask { try model.scores(table).scores } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(scores == Array(repeating: alone, count: 24))
    }
}
