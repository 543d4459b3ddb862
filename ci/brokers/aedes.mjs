// Aedes as the harness starts it: node aedes.mjs MODULES DIRECTORY. MODULES holds node_modules; DIRECTORY holds settings.json and gets the database.
// Aedes is a library: what an application has to bring (listeners, accounts, rights) is here, and nothing that changes its answers.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import net from 'node:net'
import tls from 'node:tls'
import { pathToFileURL } from 'node:url'

const [modules, directory] = process.argv.slice(2)
const require = createRequire(`${modules}/`)
const { Aedes } = await import(pathToFileURL(require.resolve('aedes')))
const { Level } = require('level')
const { WebSocketServer, createWebSocketStream } = require('ws')
const settings = JSON.parse(readFileSync(`${directory}/settings.json`))

const broker = await Aedes.createBroker({ persistence: require('aedes-persistence-level')(new Level(`${directory}/db`)), heartbeatInterval: 1000 })
for (const event of ['client', 'clientDisconnect']) broker.on(event, client => console.log(event, client.id))
for (const event of ['clientError', 'connectionError']) broker.on(event, (client, error) => console.log(event, client.id, error.message))

broker.authenticate = (client, username, password, done) => {
  if (client.conn.open || (username === settings.username && password?.toString() === settings.password)) return done(null, true)
  done(Object.assign(new Error('bad user name or password'), { returnCode: 4 }))
}

// What the ability `acl` asks for (scenarios/README.md).
const under = (topic, name) => topic.startsWith('mqttspec/') && topic.split('/')[3] === name
broker.authorizePublish = (client, packet, done) => done(under(packet.topic, 'denied') ? new Error('this topic is denied') : null)
broker.authorizeSubscribe = (client, wanted, done) => done(null, under(wanted.topic, 'denied') || under(wanted.topic, 'write_only') ? null : wanted)

// Each transport for clients with an account and for all; WebSocket as the documentation of Aedes shows it.
const certificate = { cert: readFileSync(`${directory}/server.crt`), key: readFileSync(`${directory}/server.key`) }
const web = (server, handle) => {
  const sockets = new WebSocketServer({ server, path: '/mqtt', handleProtocols: offered => offered.has('mqtt') && 'mqtt' })
  sockets.on('connection', socket => handle(createWebSocketStream(socket)))
  return server
}
for (const open of [false, true]) {
  const handle = stream => broker.handle(Object.assign(stream, { open }))
  const listen = (name, server) => server.listen(settings[open ? `${name}_anonymous_port` : `${name}_port`], '127.0.0.1')
  listen('mqtt', net.createServer(handle))
  listen('mqtts', tls.createServer(certificate, handle))
  listen('ws', web(http.createServer(), handle))
  listen('wss', web(https.createServer(certificate), handle))
}
process.on('SIGTERM', () => broker.close(() => process.exit(0)))
