import AuspexDocuments
import AuspexSignals
import Foundation
import Testing

@Suite("Reading documents from files and folders")
struct DocumentFilesTests {
    /// Runs `body` with a fresh folder that holds `files`, by path with their text.
    private func withFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "documents-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        for (path, text) in files {
            let url = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        try body(root.path)
    }

    @Test("a folder is searched in order, hidden files, other endings and skipped folders are left out")
    func folder() throws {
        let files = [
            "b.yaml": "n: b", "a.yml": "n: a", "c/d.yaml": "n: d", ".hidden.yaml": "n: h", "notes.txt": "n: t",
            "runbooks/r.yaml": "n: r", "c/runbooks/s.yaml": "n: s",
        ]
        try withFolder(files) { root in
            let documents = try DocumentFiles.documents(at: [root], skippingFolders: { $0 == "runbooks" })
            #expect(documents.map { $0.root["n"]?.text } == ["a", "b", "d", "s"])
            #expect(documents.first?.location.file == root + "/a.yml")
            let one = try DocumentFiles.documents(at: [root + "/runbooks/r.yaml", root + "/notes.txt"])
            #expect(one.map { $0.root["n"]?.text } == ["r", "t"])
        }
    }

    @Test("the mistakes of all files come together")
    func mistakes() throws {
        try withFolder(["a.yaml": "a: [", "b.yaml": "b: 1", "c.yaml": "c: &x 1"]) { root in
            let error = try #require(throws: DocumentError.self) {
                try DocumentFiles.documents(at: [root, root + "/missing.yaml"])
            }
            #expect(error.diagnostics.map { $0.location.file } == ["a", "c", "missing"].map { "\(root)/\($0).yaml" })
            #expect(error.description.contains("missing.yaml: cannot be read: No such file or directory"))
        }
    }

    @Test("what everybody may write to is refused", arguments: ["", "/inner", "/inner/a.yaml"])
    func worldWritable(path: String) throws {
        try withFolder(["inner/a.yaml": "a: 1"]) { root in
            #expect(try DocumentFiles.documents(at: [root]).count == 1)
            let isFile = path.hasSuffix("yaml")
            try FileManager.default.setAttributes(
                [.posixPermissions: isFile ? 0o666 : 0o777], ofItemAtPath: root + path)
            let error = try #require(throws: DocumentError.self) { try DocumentFiles.documents(at: [root]) }
            #expect(error.description == root + path + ": may be written by everybody; take that away with chmod o-w")
        }
    }

    @Test("a folder that links to itself ends")
    func loop() throws {
        try withFolder(["a.yaml": "a: 1"]) { root in
            try FileManager.default.createSymbolicLink(atPath: root + "/loop", withDestinationPath: root)
            #expect(try DocumentFiles.documents(at: [root]).count == 1)
        }
    }

    @Test("what is not a UTF-8 text of a bearable size is refused")
    func unreadable() throws {
        try withFolder(["large.yaml": String(repeating: "a", count: 2_000_000)]) { root in
            let latin = root + "/latin.yaml"
            try Data([0x61, 0x3a, 0x20, 0xe9]).write(to: URL(fileURLWithPath: latin))
            for (path, complaint) in [
                (latin, "is not UTF-8 text; save it as UTF-8"),
                (root + "/large.yaml", "2000000 bytes; a document may have 1048576"), ("/dev/zero", "is not a file"),
            ] {
                let error = try #require(throws: DocumentError.self) { try DocumentFiles.documents(at: [path]) }
                #expect(error.description == "\(path): \(complaint)")
            }
        }
    }
}
