import AuspexExpressions
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("What expressions see of a fact")
struct FactSchemaTests {
    private static let facts: [FactSource: Fact] = [
        .metric: .metric(
            MetricFact(
                labels: load("a"),
                reading: Reading(
                    time: second(1), value: 2, rawScore: 3, pValue: 0.01, anomalyScore: 4,
                    expectation: Expectation(value: 5, lower: 6, upper: 7)))),
        .log: .log(
            LogFact(record: LogRecord(time: second(1), severity: "E", body: "b"), template: "t", templateID: "i")),
        .logAnomaly: .logAnomaly(
            LogAnomalyFact(
                kind: "k", labels: load("a"), observed: 1, expected: 2, pValue: 0.01, anomalyScore: 3, explanation: "e",
                time: second(1))),
        .change: .change(
            Change(
                id: "i", service: "s", startedAt: second(1), endedAt: second(2), committedAt: second(0), commits: 3)),
        .alert: .alert(OutsideAlert(name: "n", labels: Labels(["a": "b"]), time: second(1))),
        .health: .health(HealthFact(labels: Labels(["a": "b"]), check: "c", status: .healthy, time: second(1))),
        .incident: .incident(
            IncidentFact(
                id: "i", severity: .critical, startedAt: second(1),
                suspects: [IncidentFact.Suspect(service: "s", id: "c", score: 0.5)], time: second(1))),
    ]

    private func members(_ value: CELValue) throws -> CELMap {
        guard case .map(let map) = value else { throw CELError(.noSuchOverload, "not a map") }
        return map
    }

    @Test(
        "a fact has the fields that the schema names, with their types, and no others", arguments: FactSource.allCases)
    func fields(source: FactSource) throws {
        let map = try members(try #require(Self.facts[source]).value())
        let fields = FactSchema.fields(of: source)
        #expect(map.count == fields.count)
        for field in fields {
            let type = try #require(map[name: field.name], "\(field.name)").type
            switch field.type {
            case "string": #expect(type == .string)
            case "double": #expect(type == .double)
            case "bool": #expect(type == .bool)
            case "int": #expect(type == .int)
            case "list(string)", "list(suspect)": #expect(type == .list)
            case "timestamp": #expect(type == .timestamp)
            default: #expect(type == .map)
            }
        }
    }

    @Test("a suspect of an incident has the fields that the schema names, and no others")
    func suspects() throws {
        let incident = try members(try #require(Self.facts[.incident]).value())
        guard case .list(let suspects) = incident[name: "suspects"], case .map(let suspect) = suspects[0] else {
            throw CELError(.noSuchOverload, "not a list of maps")
        }
        #expect(suspect.entries.map(\.key) == FactSchema.suspect.map(\.name).sorted().map(CELValue.string))
    }

    @Test("a field that is read is made")
    func selection() throws {
        let fact = try #require(Self.facts[.metric])
        let all = try members(fact.value())
        for field in FactSchema.fields(of: .metric) {
            let some = try members(fact.value(FactFields([field.name], of: .metric)))
            #expect(some[name: field.name] == all[name: field.name])
            #expect(some.count <= 3, "a band has three fields, everything else one")
        }
        #expect(try members(fact.value(FactFields(nil, of: .metric))).count == all.count)
        #expect(try members(fact.value(FactFields([], of: .metric))).count == 0)
    }

    @Test(
        "the fields that an expression reads are read off it",
        arguments: [
            ("m.name == 'a' && c.value > 1.0", ["name", "value"]), ("m.labels.x == 'a'", ["labels"]), ("true", []),
            ("has(m.expected)", ["expected"]), ("m.?upper.orValue(1.0) > 0.0", ["upper"]), ("m == c", nil),
            ("m['name'] == 'a'", nil),
            ("[m.value, 1.0].all(x, x > m.lower)", ["value", "lower"]), ("{'a': c.time}.a == m.time", ["time"]),
            ("size(string(m.score)) > 1 ? m.ready : !m.anomalous", ["score", "ready", "anomalous"]),
            ("[1].all(m, m > 0)", nil),
            ("o.value > -m.p_value", ["p_value"]),
        ] as [(String, Set<String>?)])
    func fieldUse(text: String, fields: Set<String>?) throws {
        #expect(FieldUse.fields(in: try CELParser.parse(text), of: ["m", "c"]) == fields)
    }

    @Test("in warm-up there are no scores")
    func warmUp() throws {
        var reading = Reading(time: second(1), value: 2)
        reading.readiness = .warmingUp(seen: 1, needed: 2)
        let map = try members(Fact.metric(MetricFact(labels: load("a"), reading: reading)).value())
        #expect(map.entries.map(\.key) == ["labels", "name", "ready", "time", "value"].map(CELValue.string))
    }
}
