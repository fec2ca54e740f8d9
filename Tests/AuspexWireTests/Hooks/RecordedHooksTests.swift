import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

/// The recorded deliveries of the public data, file by file.
@Suite(.enabled(if: PublicData.here.isExpected("webhooks"), "\(PublicData.hint)"))
struct RecordedHooksTests {
    @Test("each recorded delivery is understood", arguments: RecordedHooks.all.indices)
    func delivery(index: Int) throws {
        let (file, sender, event, expected) = RecordedHooks.all[index]
        let body = try Data(contentsOf: try PublicData.here.url("webhooks").appending(path: file))
        let headers = event.map { HookSamples.gitHub($0) } ?? []
        let delivery = try HookReceiver.decode(
            sender, headers: HookHeaders(HookSamples.json + headers), body: body, receivedAt: HookSamples.receivedAt)
        #expect(delivery.items.map(RecordedHooks.text) == expected, "\(file)")
    }

    @Test("every file of the data is in the table, and every CDEvent of the specification")
    func complete() throws {
        let root = try PublicData.here.url("webhooks")
        let known = Set(RecordedHooks.all.map(\.file))
        for folder in ["github", "gitlab", "circleci", "jenkins", "spinnaker", "argocd", "cdevents"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
            for name in names where name.hasSuffix(".json") && !name.hasSuffix(".schema.json") {
                #expect(known.contains("\(folder)/\(name)"), "\(folder)/\(name)")
            }
        }
    }

    @Test("Flagger's event tells and its gate asks")
    func flagger() throws {
        let root = try PublicData.here.url("webhooks")
        let event = try Data(contentsOf: root.appending(path: "flagger/event.json"))
        let gate = try Data(contentsOf: root.appending(path: "flagger/webhook_gate.json"))
        let headers = HookHeaders(HookSamples.json)
        func decode(_ body: Data) throws(HookError) -> [HookDelivery.Item] {
            try HookReceiver.decode(.flagger, headers: headers, body: body, receivedAt: HookSamples.receivedAt).items
        }
        #expect(
            try decode(event).map(RecordedHooks.text) == [
                "deploy podinfo@test 85d557f47b rolled_back 2020-01-16T11:00:00Z to 2020-01-16T11:00:00Z"
            ])
        #expect(throws: HookError.self) { try decode(gate) }
        // The token is in the body, as Flagger's documentation has it.
        let receiver = HookReceiver(secrets: [.flaggerToken: try WebhookSecrets(current: "16688eb5e9f289f1991c")])
        let question = try receiver.receiveFlaggerGate(
            headers: headers, body: gate, receivedAt: HookSamples.receivedAt)
        #expect(RecordedHooks.text(.question(question)) == "question podinfo@test 85d557f47b poll")
    }
}
