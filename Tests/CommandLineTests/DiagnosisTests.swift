import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// The commands that look at how things are.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DiagnosisTests {
    private func checks(_ list: String) throws -> (folder: TemporaryDirectory, path: String) {
        let folder = try TemporaryDirectory()
        return (folder, try folder.file("health.yaml", "kind: health\nid: site\nchecks:\n\(list)"))
    }

    @Test("checks of a file end with 0 when all is ok and with 1 when something failed")
    func health() async throws {
        let server = try LoopbackServer(LoopbackServer.ok("all ok"))
        let web = "  - {name: web, http: {url: 'http://127.0.0.1:\(server.port)/', contains: all ok}}\n"
        let (folder, good) = try checks(web + "  - {name: root, disk: {path: /, min_free_bytes: 1}}\n")
        let well = try await Program.run(["health", good])
        #expect(well.code == 0, "\(well)")
        #expect(well.output.contains("ok      web        status 200"), "\(well.output)")
        let bad = try folder.file(
            "bad.yaml", "kind: health\nid: bad\nchecks:\n" + web + "  - {name: gone, file: {path: /no/such/file}}\n")
        let failed = try await Program.run(["health", bad, "--format", "json"])
        #expect(failed.code == 1 && failed.error.isEmpty, "\(failed)")
        let report = try JSONValue(parsing: failed.output)
        #expect(report["status"] == .string("fail"))
        let parts = report["checks"]?.array?.first?["components"]?.array
        #expect(parts?.map { $0["status"] } == [.string("ok"), .string("fail")])
        let lines = try await Program.run(["health", good, "--machine-readable"])
        let line = try JSONValue(parsing: lines.output)
        #expect(line["type"] == .string("health") && line["step"] == .string("site"))
        #expect(line["data"]?["status"] == .string("ok"))
    }

    @Test("a command is run for a check, by the helper beside the program")
    func query() async throws {
        let (folder, path) = try checks(
            "  - {name: count, sql: {run: {argv: [/usr/bin/printf, '12']}, at_most: 20}}\n")
        let outcome = try await Program.run(["health", path])
        #expect(outcome.code == 0 && outcome.output.contains("ok      count"), "\(outcome)")
        withExtendedLifetime(folder) {}
    }

    @Test("with a configuration the checks reach what it lets them reach")
    func configured() async throws {
        let server = try LoopbackServer(.silence)
        let (folder, path) = try checks("  - {name: port, tcp: {host: 127.0.0.1, port: \(server.port)}}\n")
        let closed = try folder.file("closed.yaml", "actions: {http_hosts: []}\n")
        let open = try folder.file(
            "open.yaml", "actions: {check_hosts: ['127.0.0.1:\(server.port)']}\nrunbooks: ['\(path)']\n")
        let refused = try await Program.run(["health", path, "--config", closed])
        #expect(refused.code == 1 && refused.output.contains("unknown  port"), "\(refused)")
        let found = try await Program.run(["health", "--config", open])
        #expect(found.code == 0 && found.output.contains("ok      port"), "\(found)")
    }

    @Test("with a configuration a check gets its secrets, which are not shown, and runs within the engine's limits")
    func secrets() async throws {
        let folder = try TemporaryDirectory()
        let secret = try folder.file("secret", "hunter2-hunter2\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
        let program = try folder.file("ask", "#!/bin/sh\necho \"$PASSWORD $(ulimit -n)\"\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let path = try folder.file(
            "r.yaml",
            """
            kind: runbook
            id: r
            version: 1
            title: t
            owner: o
            steps: [{id: inner, runbook: {id: looks}}]
            verify: {alerts_clear: [a], for: 1m, within: 2m}
            """)
        try folder.file(
            "looks.yaml",
            """
            kind: runbook
            id: looks
            version: 1
            title: t
            owner: o
            secrets: [DB]
            steps:
              - id: ask
                health:
                  name: db
                  sql: {run: {argv: ['\(program)'], env: {PASSWORD: '${secret.DB}'}}, equals: hunter2-hunter2 33}
            verify: {alerts_clear: [a], for: 1m, within: 2m}
            """)
        let config = try folder.file(
            "engine.yml",
            """
            actions:
              executables: ['\(program)']
              limits: {open_files: 33}
              secrets: {DB: {file: '\(secret)'}}
            """)
        let found = try await Program.run(["health", path, "--config", config])
        #expect(found.code == 0 && found.output.contains("ok      db"), "\(found)")
        #expect(!found.output.contains("hunter2"))
        let without = try await Program.run(["health", path])
        #expect(without.code == 1 && without.output.contains("DB"), "\(without)")
    }

    @Test("the health steps of a runbook are carried out with its parameters")
    func runbook() async throws {
        let folder = try TemporaryDirectory()
        let path = try folder.file(
            "r.yaml",
            """
            kind: runbook
            id: r
            version: 1
            title: t
            owner: o
            params: {file: {type: path, required: true}}
            steps:
              - {id: there, health: {file: {path: '${file}'}}}
            verify: {alerts_clear: [a], for: 1m, within: 2m}
            """)
        let found = try await Program.run(["health", path, "--param", "file=\(path)"])
        #expect(found.code == 0 && found.output.contains("file \(path)"), "\(found)")
        let missing = try await Program.run(["health", path])
        #expect(missing.code == 3 && missing.error.contains("parameter 'file' is required"), "\(missing)")
    }

    static let wrong = [
        Call("health", code: 2, error: ["name a file with health checks", "Usage: auspex health"]),
        Call("health", "x.yaml", "--timeout", "0", code: 2, error: ["--timeout 0 must be from 1"]),
        Call("health", "no-such.yaml", code: 3, error: ["no-such.yaml: cannot be read"]),
        Call(
            "health", "Rules/runbooks/free-disk.yaml", "--param", "x", code: 2, error: ["--param 'x' is not NAME=VALUE"]
        ),
        Call("support-bundle", "-o", "x", code: 2, error: ["--data DIR, --config FILE or --server URL"]),
        Call(
            "support-bundle", "--data", "/no/such", "-o", "/no/such/x.tar.gz", code: 3,
            error: ["/no/such/x.tar.gz: cannot be written"]),
    ]

    @Test("wrong calls say what would be right", arguments: wrong)
    func wrongCall(call: Call) async throws { try await call.check() }

    @Test("a support bundle is an archive that tar reads, for its owner only")
    func supportBundle() async throws {
        let folder = try TemporaryDirectory()
        let config = try folder.file("auspex.yaml", "data_dir: \(folder.path)/data\n")
        let archive = folder.path + "/bundle.tar.gz"
        let secret = "hunter2-S3cr3t"
        let made = try await Program.run(
            ["support-bundle", "--config", config, "--output", archive], environment: ["AUSPEX_API__TOKEN": secret])
        #expect(made.code == 0 && made.error.contains("bundle.tar.gz: "), "\(made)")
        let mode = try FileManager.default.attributesOfItem(atPath: archive)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        let listed = try await Program.shell("tar -tzf '\(archive)'")
        #expect(listed.code == 0)
        #expect(
            listed.output.split(separator: "\n")
                == [
                    "configuration", "data-directory", "database", "environment", "host", "manifest", "version",
                ].map { "auspex-support/\($0).json" })
        let texts = try await Program.shell("tar -xzOf '\(archive)'")
        #expect(texts.output.contains("AUSPEX_API__TOKEN") && !texts.output.contains(secret))
    }
}
