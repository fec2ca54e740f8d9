import ArgumentParser
import AuspexEngine
import AuspexSignals
import AuspexWire
import Foundation

/// Gathers what people who help need to know.
struct SupportBundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-bundle",
        abstract: "Gather versions, sizes, failures and facts of an engine for people who help, without secrets.",
        discussion: """
            It looks into the data directory of an engine, which may run meanwhile, into its configuration, and asks a \
            server that is named with --server or AUSPEX_SERVER. Secrets are masked; read the files before you give \
            them away all the same.
            """)

    @Option(help: "The data directory; that of the configuration if one is given.")
    var data: String?

    @Option(help: "The engine's configuration file, in YAML.")
    var config: String?

    @Option(name: .shortAndLong, help: "The archive to write, a .tar.gz.")
    var output: String

    @OptionGroup var server: ServerOptions

    /// The folder within the archive.
    private static let folder = "auspex-support"

    func validate() throws {
        guard data != nil || config != nil || server.isNamed else {
            throw ValidationError("name what to look into: --data DIR, --config FILE or --server URL")
        }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let now = SystemWallClock().now()
        var sources = SupportBundle.Sources(
            dataDirectory: data ?? configuredDirectory(environment), configuration: config, environment: environment,
            version: Version.current, now: now)
        if server.isNamed { sources.answers = await answers(try server.client()) }
        var archive = TarArchive()
        let files = try await Failure.ofInput { try await SupportBundle(sources).files() }
        for file in files {
            try Failure.ofInput { try archive.add("\(Self.folder)/\(file.name)", file.bytes, changed: now) }
        }
        let bytes = try Failure.ofInput { try Gzip.compressed(archive.bytes) }
        try write(bytes)
        Terminal.note("\(output): \(files.count) files, \(bytes.count) bytes")
    }

    /// The directory that the configuration names. One that cannot be read is told about in the bundle.
    private func configuredDirectory(_ environment: [String: String]) -> String? {
        guard let config else { return nil }
        return (try? ConfigurationLoader.load(path: config, environment: environment))?.dataDirectory
    }

    /// What the server says, by the names of the files for it.
    private func answers(_ client: APIClient) async -> [String: String] {
        let questions = [
            "server-version.json": "/version", "server-ready.txt": "/readyz", "server-metrics.txt": "/metrics",
        ]
        var answers: [String: String] = [:]
        for (name, path) in questions {
            do {
                answers[name] = try await client.text(path)
            } catch {
                answers[name] = (error as? Failure)?.message ?? "\(error)"
            }
        }
        return answers
    }

    /// Writes the archive, readable for its owner only.
    private func write(_ bytes: [UInt8]) throws {
        guard
            FileManager.default.createFile(
                atPath: output, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        else { throw Failure(.input, "\(output): cannot be written: \(String(cString: strerror(errno)))") }
    }
}
