import AuspexDocuments
import AuspexSignals

extension MappingReader {
    /// The list `tests`.
    mutating func runbookTests(steps: [String]) -> [RunbookTest] {
        (optionalList("tests") ?? []).compactMap { node in
            var reader = MappingReader(node, named: "a test", reporting: collector)
            let name = reader.string("name")
            var parameters: [String: JSONValue] = [:]
            for entry in reader.optionalEntries("params") ?? [] { parameters[entry.key] = entry.value.json }
            let expectation = reader.mapping("expect").map { $0.expectation(steps: steps) }
            reader.finish()
            guard let name, let expectation else { return nil }
            return RunbookTest(
                name: name, location: node.location, parameters: parameters, expectation: expectation)
        }
    }

    private func expectation(steps: [String]) -> RunbookTest.Expectation {
        var reader = self
        var expectation = RunbookTest.Expectation()
        expectation.error = reader.optionalString("error")
        for entry in reader.stepEntries("argv", steps) {
            guard let items = entry.value.elements else {
                collector.report(entry.value.location, "the argv of '\(entry.key)' must be a list")
                continue
            }
            expectation.argv[entry.key] = items.map { $0.text ?? "" }
        }
        for entry in reader.stepEntries("url", steps) { expectation.url[entry.key] = entry.value.text ?? "" }
        for entry in reader.stepEntries("body", steps) { expectation.body[entry.key] = entry.value.json }
        for entry in reader.stepEntries("message", steps) { expectation.message[entry.key] = entry.value.text ?? "" }
        for entry in reader.stepEntries("health", steps) { expectation.health[entry.key] = entry.value.json }
        for entry in reader.stepEntries("collect", steps) { expectation.collect[entry.key] = entry.value.json }
        expectation.locks = reader.optionalStrings("locks")
        if expectation.error != nil, keys.count > 1 { report("error", "a test that expects an error expects no plan") }
        if keys.isEmpty { collector.report(location, "'expect' is empty, so the test could not fail") }
        reader.finish()
        return expectation
    }

    /// The mapping `key` from steps' ids to what is expected of them.
    private mutating func stepEntries(_ key: String, _ steps: [String]) -> [DocumentNode.Entry] {
        let entries = optionalEntries(key) ?? []
        for entry in entries where !steps.contains(entry.key) {
            collector.report(
                entry.keyLocation, "there is no step '\(entry.key)'\(suggestion(for: entry.key, among: steps))")
        }
        return entries
    }
}
