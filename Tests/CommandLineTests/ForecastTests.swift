import AuspexSignals
import Testing

/// `auspex forecast`.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ForecastTests {
    /// A disk that fills by half a percent a minute, and one that stays.
    private static let disks: String = {
        let rows = (0..<120).flatMap { minute -> [String] in
            let time = "2026-03-01T\(minute / 60 < 1 ? "12" : "13"):\(minute % 60 < 10 ? "0" : "")\(minute % 60):00Z"
            return ["\(time),root,\(10 + 0.5 * Double(minute))", "\(time),data,30"]
        }
        return "timestamp,disk,used\n" + rows.joined(separator: "\n") + "\n"
    }()

    @Test("each series has its value and band ahead, and the time to the threshold")
    func table() async throws {
        try await Call(
            "forecast", "-", "--horizon", "1h", "--threshold", "100", "--series-column", "disk", input: Self.disks,
            output: ["in 1h", "reaches 100", "root", "data", "99.5", "1h1m", "not within"]
        ).check()
    }

    @Test("JSON has the numbers; what cannot be said yet has a reason")
    func objects() async throws {
        let outcome = try await Program.run(
            [
                "forecast", "-", "--horizon", "1h", "--threshold", "100", "--series-column", "disk", "--format", "json",
            ], input: Self.disks)
        #expect(outcome.code == 0, "\(outcome)")
        let lines = try #require(try JSONValue(parsing: outcome.output).array)
        #expect(lines.count == 2)
        let root = try #require(lines.first { $0["series"]?.string?.contains("root") == true })
        let value = try #require(root["forecast"]?["value"]?.double)
        #expect(abs(value - 99.5) < 0.01, "\(root)")
        let expected = try #require(root["arrival"]?["expected_ms"]?.int)
        #expect(abs(expected - 61 * 60_000) < 1_000, "\(root)")
        let short = try await Program.run(
            ["forecast", "-", "--horizon", "9h", "--series-column", "disk", "--format", "json"], input: Self.disks)
        #expect(short.output.contains("too little history"), "\(short)")
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            Call("forecast", "-", code: 2, error: ["--horizon"]),
            Call("forecast", "-", "--horizon", "4x", code: 2, error: ["4x"]),
            Call("forecast", "-", "--horizon", "1h", "--coverage", "0.99", code: 2, error: ["0.5 to 0.95"]),
            Call("forecast", "-", "--horizon", "1h", "--direction", "rising", code: 2, error: ["--threshold"]),
            Call("forecast", "-", "--horizon", "1h", input: "value\n1\n2\n", code: 3, error: ["has no times"]),
            Call("forecast", "missing.csv", "--horizon", "1h", code: 3, error: ["missing.csv"]),
        ])
    func refused(call: Call) async throws { try await call.check() }
}
