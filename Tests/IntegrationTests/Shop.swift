import AuspexSignals
import AuspexWire
import Foundation

/// A small service (nginx) watched by Prometheus, which writes to an engine whose only rule restarts the service.
///
/// A class because its programs must end with it.
final class Shop: Sendable {
    let directory: String
    let servicePort: Int
    let prometheusPort: Int
    let exporterPort: Int
    let auspex: HTTP

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "auspex-\(RandomIDSource().next())").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        servicePort = try freePort()
        prometheusPort = try freePort()
        exporterPort = try freePort()
        auspex = HTTP(port: try freePort())
        try make("nginx.conf", nginx)
        try make("prometheus.yml", prometheus)
        try make("restart", restart, mode: 0o755)
        try make("rules/service-down.yaml", rule)
        try make("runbooks/restart-shop.yaml", runbook)
        try make("auspex.yaml", configuration)
    }

    deinit {
        stopService()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func make(_ name: String, _ text: String, mode: Int = 0o644) throws {
        let path = directory + "/" + name
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    func read(_ name: String) -> String { (try? String(contentsOfFile: directory + "/" + name, encoding: .utf8)) ?? "" }

    // MARK: Programs

    func startService() async throws {
        let nginx = try await Daemon("nginx-start", Peers.nginx, nginxArguments, in: directory)
        await nginx.finished()
        _ = try await eventually("the service answers") {
            try await HTTP(port: servicePort).get("/health").status == 200 ? true : nil
        }
    }

    /// Kills the service with all its workers, once.
    func stopService() {
        guard let pid = pid_t(read("nginx.pid").trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1 else {
            return
        }
        // A daemon leads its own group.
        kill(-pid, SIGKILL)
        // It cannot remove the file itself any more, and the number may become another's.
        try? FileManager.default.removeItem(atPath: directory + "/nginx.pid")
    }

    func startPrometheus() async throws -> [Daemon] {
        [
            try await Daemon(
                "node-exporter", Peers.nodeExporter, ["--web.listen-address=127.0.0.1:\(exporterPort)"], in: directory),
            try await Daemon(
                "prometheus", Peers.prometheus,
                [
                    "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb",
                    "--web.listen-address=127.0.0.1:\(prometheusPort)",
                ], in: directory),
        ]
    }

    func startEngine() async throws -> Daemon {
        let engine = try await Daemon(
            "auspex", Programs.auspex, ["serve", "--config", "auspex.yaml"], in: directory,
            environment: ["OPENBLAS_NUM_THREADS": "1"])
        do {
            _ = try await eventually("the engine is ready", within: .seconds(30)) {
                try await auspex.get("/readyz").status == 200 ? true : nil
            }
        } catch {
            throw Timeout(what: "the engine is ready; its log says:\n\(engine.log)")
        }
        return engine
    }

    /// Sends the history that a detector needs before it says anything: the service was up for `count` seconds. Each
    /// `round` is a series of its own.
    func sendHistory(count: Int, round: String? = nil) async throws {
        var names = ["__name__": "up", "job": "shop", "instance": "127.0.0.1:\(servicePort)"]
        names["round"] = round
        let labels = Labels(names)
        let end = SystemWallClock().now()
        let samples = (0..<count).map { index in
            Sample(time: end - .seconds(Int64(count - index)), value: 1)
        }
        let body = try RemoteWrite.encode(SignalBatch(series: [SeriesSamples(labels: labels, samples: samples)]))
        let answer = try await auspex.post(
            "/api/v1/write", Data(body), ["content-type": "application/x-protobuf", "content-encoding": "snappy"])
        guard answer.status == 204 else { throw Timeout(what: "the history is taken: \(answer.text)") }
    }

    /// Lets a restart that waits go on. Whether it does: it reaches the gate a moment after it said so.
    func openGate() -> Bool {
        let gate = open(directory + "/gate", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        guard gate >= 0 else { return false }
        defer { close(gate) }
        return write(gate, "go\n", 3) == 3
    }

    /// The newest run, once it is in this status.
    func run(inStatus status: String) async throws -> JSONValue {
        try await eventually("a run is \(status)") {
            try await self.auspex.get("/api/v1/runs").json.array?.first { $0["status"]?.string == status }
        }
    }

    // MARK: Files

    private var nginxArguments: [String] { ["-c", directory + "/nginx.conf", "-p", directory] }

    private var nginx: String {
        """
        pid nginx.pid;
        error_log error.log;
        worker_processes 1;
        events { worker_connections 64; }
        http {
          access_log off;
          client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
          server {
            listen 127.0.0.1:\(servicePort);
            location = /health { default_type application/json; return 200 '{"status":"ok"}'; }
            location = /metrics { default_type text/plain; return 200 "shop_orders_open 3\\n"; }
          }
        }
        """
    }

    private var prometheus: String {
        """
        global: {scrape_interval: 1s, scrape_timeout: 1s}
        scrape_configs:
          - {job_name: shop, static_configs: [{targets: ['127.0.0.1:\(servicePort)']}]}
          - {job_name: node, static_configs: [{targets: ['127.0.0.1:\(exporterPort)']}]}
        remote_write:
          - url: http://127.0.0.1:\(auspex.port)/api/v1/write
            queue_config: {max_samples_per_send: 500, batch_send_deadline: 1s, max_shards: 1}
        """
    }

    /// Starts the service. While the file `hold` exists it waits for a line on `gate` first, so that a test can end the
    /// engine in the middle of the step; the file `held` says that it does. Each start and each end leaves a line in `acts`.
    private var restart: String {
        """
        #!/bin/sh
        cd \(directory)
        echo start >> acts
        if [ -e hold ]; then touch held; read line < gate; fi
        \(Peers.nginx) -c \(directory)/nginx.conf -p \(directory) || exit 1
        echo end >> acts
        """
    }

    private var rule: String {
        """
        kind: rule
        id: service-down
        title: The service does not answer
        owner: test
        status: stable
        severity: critical
        when:
          down:
            source: metric
            where: 'm.name == "up" && m.labels.job == "shop" && m.ready && m.anomalous && m.value < 1.0'
        group_by: [job, instance]
        then:
          - {runbook: restart-shop, mode: auto, with: {instance: labels.instance}}
        """
    }

    private var runbook: String {
        """
        kind: runbook
        id: restart-shop
        version: 1
        title: Start the service again
        owner: test
        params:
          instance: {type: string, required: true, pattern: '[0-9.]+:[0-9]+'}
        locks: ['shop/${instance}']
        steps:
          - id: restart
            run: {argv: [\(directory)/restart]}
            effect: once
            timeout: 60s
            probe:
              http: {method: GET, url: 'http://127.0.0.1:\(servicePort)/health'}
              says_done: 'status == 200'
          - id: healthy
            wait:
              operation: {http: {method: GET, url: 'http://127.0.0.1:\(servicePort)/health'}}
              delay: 200ms
              max_attempts: 100
              acceptors:
                - {state: retry, matcher: error, expected: ConnectionRefused}
                - {state: success, matcher: path, argument: status, expected: ok}
        verify:
          readings:
            up: {metric: up, labels: {job: shop, instance: '${instance}'}}
          where: 'up.all(r, r.value == 1.0)'
          for: 2s
          every: 500ms
          within: 60s
        """
    }

    private var configuration: String {
        """
        listen: 127.0.0.1:\(auspex.port)
        data_dir: \(directory)/data
        rules: [\(directory)/rules]
        runbooks: [\(directory)/runbooks]
        detection: {checkpoint_every: 1s}
        actions:
          ceiling: auto
          require_promotion: false
          protect_own_host: false
          helper: \(Programs.helper)
          executables: [\(directory)/restart]
          http_hosts: ['127.0.0.1:\(servicePort)']
        """
    }
}
