import Foundation
import Testing

/// Reads the sources and holds them against the plan of the house.
@Suite struct ImportDirectionTests {
    static let sources = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources")

    static func targets() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: sources.path)
            .filter { !$0.hasPrefix("C") && !$0.hasPrefix(".") }
            .sorted()
    }

    static func files(of target: String) -> [URL] {
        let folder = sources.appending(path: target)
        let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        return all.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
    }

    /// The modules that a file imports, whatever access level or attribute stands before the word.
    static func imports(in file: URL) throws -> Set<String> {
        var modules: Set<String> = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), position + 1 < words.count else { continue }
            guard words[..<position].allSatisfy({ Self.mayStandBeforeImport(String($0)) }) else { continue }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let name = kinds.contains(words[position + 1]) ? words[position + 2] : words[position + 1]
            modules.insert(String(name.split(separator: ".")[0]))
        }
        return modules
    }

    private static func mayStandBeforeImport(_ word: String) -> Bool {
        word.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(word)
    }

    @Test("every target has a line in the plan", arguments: try targets())
    func everyTargetIsPlanned(target: String) {
        #expect(target == Room.top || Room.allowed[target] != nil, "add \(target) to Room.allowed, with its imports")
    }

    @Test("no target imports what it must not", arguments: try targets())
    func importsPointDownwards(target: String) throws {
        guard let allowed = Room.allowed[target] else { return }
        let files = Self.files(of: target)
        #expect(!files.isEmpty, "\(target) has no source")
        for file in files {
            let forbidden = try Self.imports(in: file).subtracting(allowed).subtracting(Room.platform)
            #expect(forbidden.isEmpty, "\(target)/\(file.lastPathComponent) must not import \(forbidden.sorted())")
        }
    }

    @Test("the plan has no circle")
    func planHasNoCircle() {
        var settled: Set<String> = []
        var progress = true
        while progress {
            progress = false
            for (target, imports) in Room.allowed where !settled.contains(target) {
                if imports.filter({ Room.allowed[$0] != nil }).isSubset(of: settled) {
                    settled.insert(target)
                    progress = true
                }
            }
        }
        #expect(settled == Set(Room.allowed.keys))
    }

    @Test("the reader of imports sees through attributes and access levels")
    func readerOfImports() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "imports-\(getpid()).swift")
        defer { try? FileManager.default.removeItem(at: file) }
        let text =
            "import A\n@testable import B\npublic import struct C.D\n// import E is prose\nlet f = \"import G\"\n"
        try text.write(to: file, atomically: true, encoding: .utf8)
        #expect(try Self.imports(in: file) == ["A", "B", "C"])
    }

    /// What nobody may write, and the one place where it is at home.
    static let forbiddenWords: [(word: String, home: String, instead: String)] = [
        ("Date()", "", "take a WallClock"),
        ("Date.now", "", "take a WallClock"),
        ("UUID()", "", "take an IDSource"),
        ("Process()", "", "use swift-subprocess"),
        ("CLOCK_REALTIME", "AuspexSignals", "take a WallClock"),
        ("try!", "", "throw a typed error"),
        ("fatalError(", "", "throw a typed error"),
        ("/bin/sh", "", "pass an argument vector"),
    ]

    @Test("clocks, ids and processes come from where they are injected", arguments: forbiddenWords.indices)
    func forbiddenWord(index: Int) throws {
        let rule = Self.forbiddenWords[index]
        for target in try Self.targets() where target != rule.home {
            for file in Self.files(of: target) {
                let code = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                    .filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//") }
                    .joined(separator: "\n")
                #expect(
                    !code.contains(rule.word), "\(target)/\(file.lastPathComponent): \(rule.word); \(rule.instead)")
            }
        }
    }
}
