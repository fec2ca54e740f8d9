import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Synchronization
import Testing

@testable import AuspexActions

@Suite(.timeLimit(.minutes(1))) struct SecretVaultTests {
    private let site: TestSite

    init() throws { site = try TestSite() }

    private func file(_ bytes: [UInt8], mode: Int = 0o600, name: String = "secret") throws -> String {
        let path = site.path + "/" + name
        try Data(bytes).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    private func value(_ source: SecretSource, environment: [String: String] = [:]) async throws -> String? {
        let vault = SecretVault(["DB": source], environment: environment)
        return try await vault.values(of: ["DB"], within: .seconds(30))["DB"]
    }

    /// The reason for which a source gives nothing.
    private func refusal(_ source: SecretSource) async -> String {
        do {
            _ = try await value(source)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "one line end at the end of a file is no part of the secret",
        arguments: [
            ("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("s3cret\n\n", "s3cret\n"),
            ("a\nb\nc\n", "a\nb\nc"), (" s3cret ", " s3cret "),
        ])
    func lineEnds(text: String, expected: String) async throws {
        #expect(try await value(.file(try file(Array(text.utf8)))) == expected)
    }

    @Test(
        "a file that others may read or its group may change is refused",
        arguments: [
            0o644, 0o660, 0o604, 0o602, 0o601, 0o610, 0o666,
        ])
    func openFile(mode: Int) async throws {
        let reason = await refusal(.file(try file(Array("s3cret".utf8), mode: mode)))
        #expect(reason.contains("chmod 0600 or 0640"), "\(reason)")
    }

    @Test("a file that only its owner and a reading group may open is read", arguments: [0o600, 0o640, 0o400, 0o440])
    func safeFile(mode: Int) async throws {
        #expect(try await value(.file(try file(Array("s3cret".utf8), mode: mode))) == "s3cret")
    }

    @Test("what is no secret is refused, and never shown")
    func badValues() async throws {
        #expect(await refusal(.file(try file(Array("abc\n".utf8)))).contains("fewer than 4 bytes"))
        #expect(await refusal(.file(try file([]))).contains("fewer than 4 bytes"))
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 16_385)
        #expect(await refusal(.file(try file(long))).contains("more than 16384 bytes"))
        #expect(try await value(.file(try file(Array(long.dropLast()) + [10])))?.utf8.count == 16_384)
        #expect(await refusal(.file(try file([0xff, 0xfe, 0xfd, 0xfc]))).contains("not UTF-8"))
        let withNUL = await refusal(.file(try file(Array("s3cret\u{0}s3cret".utf8))))
        #expect(withNUL.contains("NUL") && !withNUL.contains("s3cret"))
        #expect(await refusal(.file(site.path + "/absent")).contains("No such file"))
        #expect(await refusal(.file(site.path)).contains("not a regular file"))
        let pipe = site.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(await refusal(.file(pipe)).contains("not a regular file"))
    }

    @Test("a secret may be in the engine's environment")
    func variable() async throws {
        #expect(try await value(.variable("DB_PASSWORD"), environment: ["DB_PASSWORD": "s3cret"]) == "s3cret")
        #expect(await refusal(.variable("DB_PASSWORD")).contains("no variable DB_PASSWORD"))
    }

    @Test("a secret may be what a program prints, which gets nothing of the engine's")
    func command() async throws {
        let program = try site.program("printf 's3cret %s\\n' \"$1\"; /usr/bin/env >&2")
        #expect(try await value(.command([program, "$(id)"], timeout: .seconds(30))) == "s3cret $(id)")
        let names = try site.program("/usr/bin/env | sort | grep -v -e ^PWD -e ^SHLVL -e ^_ -e ^OLDPWD", name: "names")
        let environment = try await value(.command([names], timeout: .seconds(30)))
        #expect(environment?.split(separator: "\n").map { $0.prefix { $0 != "=" } } == ["LANG", "PATH"])
    }

    @Test("a program that fails, says too much or takes too long gives no secret, and nothing of what it said is shown")
    func badCommands() async throws {
        let failing = try site.program("echo s3cret; echo s3cret >&2; exit 3", name: "failing")
        let flooding = try site.program("while :; do echo s3cret; done", name: "flooding")
        let hanging = try site.program("echo s3cret; sleep 1000 & sleep 1000", name: "hanging")
        let time = TimeSpan.seconds(30)
        for (argv, timeout, part) in [
            ([failing], time, "ended with"), ([flooding], time, "more than"),
            ([hanging], TimeSpan(milliseconds: 200), "has not answered within"),
            ([site.path + "/absent"], time, "not there"),
            (["relative"], time, "not among the programs"),
        ] {
            let reason = await refusal(.command(argv, timeout: timeout))
            #expect(reason.contains(part) && !reason.contains("s3cret"), "\(reason)")
        }
    }

    @Test("a secret that the configuration does not know is refused, with those that it knows")
    func unknown() async throws {
        let vault = SecretVault(["DB": .variable("X")], environment: [:])
        await #expect(throws: SecretError.unknown("TOKEN", known: ["DB"])) {
            try await vault.values(of: ["TOKEN"], within: .seconds(1))
        }
    }

    @Test("several secrets have one time in all")
    func oneDeadline() async throws {
        let time = Mutex(ContinuousClock.now)
        // Each look at the clock takes twenty seconds.
        let vault = SecretVault(["A": .variable("X"), "B": .variable("X")], environment: ["X": "s3cret"]) {
            time.withLock { time in
                time += .seconds(20)
                return time
            }
        }
        #expect(try await vault.values(of: ["A", "B"], within: .seconds(41)).count == 2)
        let late = SecretError.unreadable("B", reason: "the time of 30s for reading secrets is over")
        await #expect(throws: late) { try await vault.values(of: ["A", "B"], within: .seconds(30)) }
    }

    @Test("a program that prints a secret has no more time than is left for all")
    func timeLeft() async throws {
        let hanging = try site.program("sleep 1000", name: "hanging")
        let time = Mutex(ContinuousClock.now)
        let vault = SecretVault(
            ["A": .variable("X"), "B": .command([hanging], timeout: .minutes(60))], environment: ["X": "s3cret"]
        ) {
            time.withLock { time in
                time += .milliseconds(100)
                return time
            }
        }
        do {
            _ = try await vault.values(of: ["A", "B"], within: TimeSpan(milliseconds: 250))
            Issue.record("there is no such secret")
        } catch {
            #expect("\(error)".contains("within 50ms"), "\(error)")
        }
    }
}
