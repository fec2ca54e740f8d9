/// Programs that keep what they manage in files of their folder, note each call in the file `calls`, and fail when they
/// are told to: a file `fail-VERB` makes the verb fail.
enum FakePrograms {
    private static let head = """
        echo "${0##*/} $*" >> calls
        if [ -e "fail-$1" ]; then echo "$1 was told to fail" >&2; exit 1; fi

        """

    /// systemctl with one unit: its state is in `unit`, and when it last left it in `left`, in microseconds since boot.
    static let systemctl =
        head + """
            case "$1" in
            restart)
              read -r up idle < /proc/uptime
              # A hundredth more than there is to read, because that is rounded down.
              echo $(( (${up%.*}${up#*.} + 1) * 10000 )) > left
              [ -e broken ] && echo failed > unit || echo active > unit ;;
            show)
              case "$*" in
              *--value*) cat left 2>/dev/null || echo 0; echo 0 ;;
              *) echo "ActiveState=$(cat unit)" ;;
              esac ;;
            is-active)
              state=$(cat unit); echo "$state"; [ "$state" = active ] || exit 3 ;;
            esac
            """

    /// Helm with one release, whose revisions are in `revisions.json`.
    static let helm =
        head + """
            [ -e revisions.json ] || echo '[{"revision":41,"updated":"2026-01-01T10:00:00.5Z","status":"superseded",\
            "description":"Rollback to 39"},{"revision":42,"updated":"2026-01-02T10:00:00.5Z","status":"deployed",\
            "description":"Upgrade complete"}]' > revisions.json
            case "$1" in
            history) cat revisions.json ;;
            rollback)
              now=$(date -u +%Y-%m-%dT%H:%M:%S.999999999Z)
              sed -i "s/\\]$/,{\\"revision\\":43,\\"updated\\":\\"$now\\",\\"status\\":\\"deployed\\",\
            \\"description\\":\\"Rollback to $3\\"}]/" revisions.json ;;
            status) [ -e broken ] && echo '{"info":{"status":"failed"}}' || echo '{"info":{"status":"deployed"}}' ;;
            esac
            """

    /// kubectl with one deployment, of which one more replica is available each time it is looked at.
    static let kubectl =
        head + """
            wanted=$(cat wanted 2>/dev/null || echo 2)
            available=$(cat available 2>/dev/null || echo 2)
            case "$1" in
            scale) echo "${4#--replicas=}" > wanted ;;
            get)
              if [ "$available" -lt "$wanted" ] && [ ! -e broken ]; then echo $((available + 1)) > available; fi
              case "$*" in
              *--output=json) printf '{"metadata":{"generation":3},"spec":{"replicas":%s},"status":\
            {"observedGeneration":3,"availableReplicas":%s}}' "$wanted" "$available" ;;
              *) echo "$available/$wanted" ;;
              esac ;;
            esac
            """

    /// Docker with one container, which started at what is in `started`.
    static let docker =
        head + """
            started=$(cat started 2>/dev/null || echo 2026-01-01T10:00:00.123456789Z)
            health=$(cat health 2>/dev/null || echo '"Health":{"Status":"healthy"},')
            case "$1" in
            logs) echo "a line of the container" ;;
            restart) date -u +%Y-%m-%dT%H:%M:%S.999999999Z > started ;;
            inspect)
              case "$*" in
              *StartedAt*) echo "$started" ;;
              *) [ -e broken ] && health='"Health":{"Status":"unhealthy"},'
                 echo "{\\"Status\\":\\"running\\",$health\\"StartedAt\\":\\"$started\\"}" ;;
              esac ;;
            esac
            """

    /// nginx that only notes when its workers started, as ps would say it.
    static let nginx =
        head + """
            case "$*" in
            *-s*reload) LC_ALL=C date -u '+%a %b %e %H:%M:%S %Y' > started ;;
            esac
            """

    /// ps with one nginx: a master, a worker of long ago that ends, and one that started at what is in `started`.
    static let ps = """
        echo 'Thu Jan  1 00:00:00 2026 nginx: master process nginx'
        echo 'Thu Jan  1 00:00:00 2026 nginx: worker process is shutting down'
        echo "$(cat started 2>/dev/null || echo 'Thu Jan  1 00:00:00 2026') nginx: worker process"
        """

    /// certbot that puts the certificate in `renewed` where the old one was, and calls `hook`.
    static let certbot =
        head + """
            [ "$1" = renew ] || exit 0
            cp renewed/cert.pem renewed/key.pem "live/$3/" && ./hook
            """

    /// logrotate that writes its state and rotates nothing.
    static let logrotate =
        head + """
            for option in "$@"; do
              case "$option" in --state=*) echo rotated > "${option#--state=}" ;; esac
            done
            """

    /// A program that says what it was called with.
    static let echo = head + "echo \"${0##*/} $*\"\n"
}
