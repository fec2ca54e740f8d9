import AuspexExpressions
import AuspexSignals
import Benchmark

/// Conditions as rules have them, over facts with twelve fields. Each is asked a thousand times.
let benchmarks: @Sendable () -> Void = {
    let configuration = Benchmark.Configuration(
        metrics: [.cpuTotal, .throughput], scalingFactor: .kilo)
    let anomaly = members(["service": .string("payments")])
    let change = members(["score": .double(0.95)])
    let facts: [String: CELValue] = ["anomaly": .map(anomaly), "change": .map(change)]

    for (name, text) in [
        ("two fields", #"anomaly.service == "payments" && change.score > 0.9"#),
        ("a missing field", "has(anomaly.owner) || change.score > 0.9"),
        ("a pattern", #"anomaly.service.matches("^pay(ments|roll)$")"#),
        ("a list", #"["billing", "payments"].exists(name, name == anomaly.service)"#),
        ("a network", #"cidr("10.0.0.0/8").containsIP("10.1.2.3")"#),
    ] {
        Benchmark("a condition on \(name)", configuration: configuration) { benchmark in
            let program = try compiled(text)
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(try program.holds(variables: facts)) }
        }
    }

    Benchmark("a condition on facts made for it", configuration: configuration) { benchmark in
        let program = try compiled(#"anomaly.service == "payments" && change.score > 0.9"#)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            let facts: [String: CELValue] = ["anomaly": .map(anomaly), "change": .map(change)]
            blackHole(try program.holds(variables: facts))
        }
    }

    Benchmark("a condition on JSON", configuration: configuration) { benchmark in
        let program = try compiled("anomaly.tags.exists(tag, tag == 'prod') && change.score > 0.9")
        let json = try JSONValue(parsing: #"{"anomaly": {"tags": ["eu", "prod"]}, "change": {"score": 0.95}}"#)
        let facts = (json.object ?? [:]).mapValues { CELValue($0) }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try program.holds(variables: facts)) }
    }

    Benchmark("a condition compiled", configuration: configuration) { benchmark in
        for _ in benchmark.scaledIterations {
            blackHole(try compiled(#"anomaly.service == "payments" && change.score > 0.9"#))
        }
    }
}

private func compiled(_ text: String) throws -> CELProgram {
    try CELProgram(
        compiling: text, environment: CELEnvironment(variables: ["anomaly": .any, "change": .any]), expecting: .bool)
}

/// The members of a fact: `some`, and numbers up to twelve.
private func members(_ some: [String: CELValue]) -> [String: CELValue] {
    var members = some
    for index in some.count..<12 { members["field_\(index)"] = .double(Double(index)) }
    return members
}
