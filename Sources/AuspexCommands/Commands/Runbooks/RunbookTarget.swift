import ArgumentParser
import AuspexRunbooks
import AuspexSignals
import Foundation

/// A runbook, by its file or by its id at a server, with values for its parameters.
struct RunbookTarget: ParsableArguments {
    @Argument(help: "The runbook's file, or the id of one that the server has loaded.")
    var runbook: String

    @Option(help: "Which runbook, when the file holds several.")
    var id: String?

    @OptionGroup var server: ServerOptions

    /// Where the runbook is.
    enum Source {
        /// In a file, read and checked.
        case file(Runbook)
        /// At the server.
        case server(RunbookInspection)
    }

    private static let endings = [".yaml", ".yml"]

    /// Whether a file is meant: what is there, or looks like a path, is one.
    var isFile: Bool {
        runbook.contains("/") || Self.endings.contains(where: runbook.hasSuffix)
            || FileManager.default.fileExists(atPath: runbook)
    }

    func validate() throws {
        if id != nil, !isFile { throw ValidationError("--id chooses in a file, and \(runbook) is none") }
    }

    /// Reads the runbook, or asks the server for it.
    func source() async throws -> Source {
        guard isFile else {
            let path = APIPath("/api/v1/runbooks").below(runbook).text
            return .server(try await server.client().send("GET", path, as: RunbookInspection.self))
        }
        return .file(try file())
    }

    /// The runbooks whose steps may be among a runbook's own: those in the folder of its file.
    func neighbours(of read: Runbook) throws -> [String: Runbook] {
        try read.neighbours(inFolderOf: runbook)
    }

    /// Reads the runbook from its file.
    func file() throws -> Runbook {
        let found = try Failure.ofInput { try RunbookLoader.load(paths: [runbook], isWhole: false) }
        let known = found.map(\.id)
        guard let first = found.first else {
            throw Failure(.input, "\(runbook): holds no document of kind: runbook")
        }
        guard let id else {
            guard found.count == 1 else {
                throw Failure(.usage, "\(runbook) holds \(known.joined(separator: ", ")); choose one with --id")
            }
            return first
        }
        guard let chosen = found.first(where: { $0.id == id }) else {
            throw Failure(.input, "\(runbook): has no runbook '\(id)'\(suggestion(for: id, among: known))")
        }
        return chosen
    }
}

extension Runbook {
    /// The runbooks whose steps may be among its own: those in the folder of `file`, which it was read from.
    func neighbours(inFolderOf file: String) throws -> [String: Runbook] {
        guard !calls.isEmpty else { return [:] }
        let folder = URL(filePath: file).deletingLastPathComponent().path(percentEncoded: false)
        let found = try Failure.ofInput { try RunbookLoader.load(paths: [folder]) }
        return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    }
}

extension RunbookTarget.Source {
    /// The runbook's id.
    var id: String {
        switch self {
        case .file(let runbook): runbook.id
        case .server(let inspection): inspection.id
        }
    }

    /// The kinds of the parameters by their names.
    var kinds: [String: String] {
        switch self {
        case .file(let runbook):
            Dictionary(uniqueKeysWithValues: runbook.parameters.map { ($0.name, $0.kind.rawValue) })
        case .server(let inspection):
            Dictionary(inspection.parameters.map { ($0.name, $0.kind) }) { first, _ in first }
        }
    }
}
