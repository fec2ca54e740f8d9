import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// Runs at a server that is there, from the plan to the audit.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ServedRunTests {
    private static let runbook = """
        kind: runbook
        id: make
        version: 1
        title: Make files
        owner: test
        params: {count: {type: int, default: 1}}
        steps:
          - {id: one, run: {argv: [/usr/bin/touch, 'DIR/one${count}']}, effect: idempotent}
          - {id: wait, run: {argv: [/usr/bin/sleep, '1000']}, effect: idempotent, timeout: 1h}
        always:
          - {id: last, run: {argv: [/usr/bin/touch, DIR/last]}, effect: idempotent}
        verify: {readings: {up: {metric: up}}, where: 'size(up) > 0', for: 1s, within: 2s}
        """

    /// What the shell does before and after: a server on a port of its own, `$AUSPEX_SERVER`, in the folder `$dir`.
    private static func script(_ folder: String, _ body: String) -> String {
        """
        dir='\(folder)'
        "$0" serve --config "$dir/auspex.yaml" > "$dir/log" 2>&1 & server=$!
        trap 'kill $server; wait $server' EXIT
        until address=$(grep -o 'http://127[0-9.:]*' "$dir/log"); do kill -0 $server || exit 98; sleep 0.1; done
        export AUSPEX_SERVER=$address
        \(body)
        """
    }

    @Test("a run is planned and begun by its runbook's id, stopped by a signal, shown, and in an audit that holds")
    func wholeCourse() async throws {
        let folder = try TemporaryDirectory()
        try folder.file("runbooks/make.yaml", Self.runbook.replacing("DIR", with: folder.path))
        let configuration = """
            listen: 127.0.0.1:0
            data_dir: \(folder.path)/data
            runbooks: [\(folder.path)/runbooks]
            actions: {executables: [/usr/bin/touch, /usr/bin/sleep]}
            """
        try folder.file("auspex.yaml", configuration)
        let outcome = try await Program.shell(
            Self.script(
                folder.path,
                """
                "$0" runbook pause --reason freeze && "$0" runbook plan make && "$0" runbook resume || exit 97
                hash=$("$0" runbook plan make --param count=7 | sed -n 's/^hash *//p')
                "$0" runbook run make --param count=7 --plan "$hash" & run=$!
                until [ -e "$dir/one7" ]; do kill -0 $run || exit 96; sleep 0.1; done
                "$0" runbook list --open
                kill -TERM $run; wait $run; code=$?
                "$0" audit verify && "$0" audit verify --data "$dir/data" && exit $code
                """))
        #expect(outcome.code == 1, "\(outcome)")
        #expect(outcome.output.contains("not now: blocked, because all runs are paused: freeze"))
        #expect(outcome.output.contains(/running +make +manual/))
        #expect(outcome.output.contains("status   cancelled: "))
        #expect(outcome.output.contains(/always\/last +1 +done/))
        #expect(outcome.output.ranges(of: " entries, each as it was written").count == 2)
        #expect(FileManager.default.fileExists(atPath: folder.path + "/last"))
    }
}
