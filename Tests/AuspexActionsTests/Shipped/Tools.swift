import AuspexActions
import AuspexRunbooks
import AuspexSignals
import Foundation

/// Programs of other projects, where they are installed.
enum Tools {
    static let find = path("find")
    static let git = path("git")
    static let grep = path("grep")
    static let nginx = path("nginx")
    static let openssl = path("openssl")
    static let logrotate = path("logrotate")
    static let psql = path("psql")

    /// The folder of PostgreSQL's server programs, of the newest version that is there.
    static let postgres: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let folders = versions.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
            .map { "\(root)/\($0)/bin" }
        return folders.last { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    }()

    private static func path(_ name: String) -> String? {
        ["/usr/bin/", "/usr/sbin/", "/usr/local/bin/"].map { $0 + name }
            .first(where: FileManager.default.isExecutableFile(atPath:))
    }
}

/// A program of a test's surroundings ended otherwise than it should.
struct ToolError: Error, CustomStringConvertible {
    let description: String
}

extension TestSite {
    /// Runs a program of the test's surroundings to its end, and gives what it wrote, without blanks around it.
    ///
    /// - Parameters:
    ///   - stops: Speaks when the program is to be ended before.
    ///   - limit: The longest that it may take.
    /// - Throws: ``ToolError`` unless it exits with 0.
    @discardableResult
    func run(_ argv: [String], stops: AsyncStream<Void>? = nil, within limit: TimeSpan = .minutes(1)) async throws
        -> String
    {
        let order = OperationOrder(
            id: OperationID(run: "surroundings", path: RandomIDSource().next(), attempt: 1),
            operation: .run(Command(argv: argv, directory: path)), effect: .read,
            idempotencyKey: "surroundings", timeout: limit)
        let control = stops.map { OperationControl(stops: $0) } ?? .silent
        let result = await performer([argv[0]], grace: .seconds(1)).perform(order, control)
        guard result.outcome == .succeeded else {
            throw ToolError(description: "\(argv): \(result.reason) \(result.output.text) \(result.errorOutput.text)")
        }
        return result.output.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Writes a file, with the folders it needs, and gives its path.
    @discardableResult
    func file(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    /// The text of a file; empty when it is not there.
    func text(_ name: String) -> String { (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? "" }
}
