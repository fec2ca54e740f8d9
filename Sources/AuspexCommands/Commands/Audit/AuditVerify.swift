import ArgumentParser
import AuspexStore
import Foundation

/// Walks the audit's chain of hashes.
struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Check that no entry of the audit has been changed, removed or moved; with 1 the first that has is named.",
        discussion: """
            With --data the structure of the database is checked first.

            Whoever can write to the machine can rewrite the whole chain. An anchor is the last entry's number and hash in \
            a file that is kept elsewhere: the next check compares with it.
            """)

    @OptionGroup var source: AuditSource

    @Option(
        help: "A file for the last entry's hash: compared with when it is there, and written when all is well.")
    var anchor: String?

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    func run() async throws {
        let known = try storedAnchor()
        let last: AuditAnchor
        do {
            last = try await verify(against: known)
        } catch let problem as AuditProblem {
            throw Failure(.found, problem.description)
        }
        if let anchor { try store(last, at: anchor) }
        guard format == .table else { return Terminal.print(try json(last)) }
        Terminal.print(
            last.sequence == 0
                ? "the audit is empty"
                : "\(last.sequence) entries, each as it was written; the last has hash \(last.hash)")
        if let known { Terminal.print("entry \(known.sequence) is the one that \(anchor ?? "") knows") }
    }

    private func verify(against known: AuditAnchor?) async throws -> AuditAnchor {
        if let reader = try source.reader() {
            do {
                let damage = try reader.integrityProblems()
                guard damage.isEmpty else {
                    throw Failure(
                        .found,
                        "the database is damaged: \(damage.joined(separator: "; ")); keep it aside and put a backup back"
                    )
                }
                return try reader.verify(anchor: known)
            } catch let error as StoreError {
                throw Failure(.input, error.description)
            }
        }
        var chain = AuditChain(anchor: known)
        try await source.forEach { entry in try chain.take(entry) }
        try chain.finish()
        return chain.last
    }

    private func storedAnchor() throws -> AuditAnchor? {
        guard let anchor, FileManager.default.fileExists(atPath: anchor) else { return nil }
        let written = try Failure.ofInput { try text(of: anchor) }
        guard let stored = try? JSONDecoder().decode(AuditAnchor.self, from: Data(written.utf8)) else {
            throw Failure(.input, "\(anchor): is no anchor of an audit; it would hold {\"hash\":…,\"sequence\":…}")
        }
        return stored
    }

    private func store(_ last: AuditAnchor, at path: String) throws {
        do {
            try Data((try json(last) + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Failure(.input, "\(path): cannot be written: \(error.localizedDescription)")
        }
    }
}
