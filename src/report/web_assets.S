/* SPDX-License-Identifier: Apache-2.0
   The bundle of web/ as bytes of the binary: see web_assets.cpp. */
.section .rodata
.global edgeeval_web_script, edgeeval_web_script_end
.global edgeeval_web_style, edgeeval_web_style_end
.global edgeeval_web_hash, edgeeval_web_hash_end
edgeeval_web_script:
.incbin "report.js"
edgeeval_web_script_end:
.byte 0
edgeeval_web_style:
.incbin "report.css"
edgeeval_web_style_end:
.byte 0
edgeeval_web_hash:
.incbin "report.hash"
edgeeval_web_hash_end:
.byte 0
.section .note.GNU-stack, "", %progbits
